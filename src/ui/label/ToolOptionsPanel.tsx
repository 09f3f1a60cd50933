/** How the tools work. */

import { formatSignificant } from '../../studio/units.ts';
import { Section } from '../parts/Section.tsx';
import { Switch } from '../parts/Switch.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

export function ToolOptionsPanel() {
  const labels = useStudio((state) => state.labels);
  const { setLabelOptions } = useCommands();
  const { tool, visibleOnly, noOverwrite, atOnce, brushRadius, sphereRadius, floodAngle } = labels;
  return (
    <Section title="Tool">
      <Switch
        label="Only what is seen"
        on={visibleOnly}
        onChange={() => setLabelOptions({ visibleOnly: !visibleOnly })}
      />
      <Switch label="Label at once" on={atOnce} onChange={() => setLabelOptions({ atOnce: !atOnce })} />
      <Switch
        label="Do not overwrite"
        on={noOverwrite}
        onChange={() => setLabelOptions({ noOverwrite: !noOverwrite })}
      />
      {tool === 'brush' && (
        <Slider
          label="Brush size"
          value={brushRadius}
          min={3}
          max={200}
          step={1}
          text={`${Math.round(2 * brushRadius)} px`}
          onChange={(value) => setLabelOptions({ brushRadius: value })}
        />
      )}
      {tool === 'sphere' && (
        <Slider
          label="Ball size"
          value={sphereRadius}
          min={0.005}
          max={1}
          step={0.005}
          text={`${formatSignificant(100 * sphereRadius, 2)} % of the scan`}
          onChange={(value) => setLabelOptions({ sphereRadius: value })}
        />
      )}
      {tool === 'flood-normal' && (
        <Slider
          label="Angle between neighbours"
          value={floodAngle}
          min={1}
          max={60}
          step={1}
          text={`${floodAngle}°`}
          onChange={(value) => setLabelOptions({ floodAngle: value })}
        />
      )}
      <p className="note">
        With a tool: left draws, right turns the view. Shift adds, Ctrl removes.{' '}
        {atOnce
          ? 'What you draw gets the chosen class at once; Ctrl makes it good.'
          : 'What you draw is selected; a number gives it a class.'}
      </p>
    </Section>
  );
}

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly text: string;
  readonly onChange: (value: number) => void;
}

function Slider({ label, value, min, max, step, text, onChange }: SliderProps) {
  return (
    <label className="slider-row">
      <span>{label}</span>
      <span className="dim">{text}</span>
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={text}
        onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}
