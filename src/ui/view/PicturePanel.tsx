/** The view as a picture: how large, and what is written over it. */

import type { PictureOptions } from '../../studio/viewToolState.ts';
import { FoldSection } from '../inspect/FoldSection.tsx';
import { useKeyActions } from '../keyActions.ts';
import { Icon } from '../parts/Icon.tsx';
import { Switch } from '../parts/Switch.tsx';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { usePicture } from './usePicture.ts';

const SIZES: readonly { readonly size: PictureOptions['size']; readonly label: string }[] = [
  { size: 1, label: 'As shown' },
  { size: 2, label: 'Double size' },
];

export function PicturePanel() {
  const options = useStudio((state) => state.viewTools.picture);
  const ready = useActiveScan()?.cloud != null;
  const { setPicture } = useCommands();
  const save = usePicture();
  useKeyActions({ 'save-picture': save });
  return (
    <FoldSection title="Picture" folded>
      <Switch
        label="Name and verdict"
        on={options.caption}
        onChange={() => setPicture({ caption: !options.caption })}
      />
      <Switch label="Legend" on={options.legend} onChange={() => setPicture({ legend: !options.legend })} />
      <Switch
        label="White background"
        on={options.white}
        onChange={() => setPicture({ white: !options.white })}
      />
      <div className="row">
        {SIZES.map(({ size, label }) => (
          <button
            key={size}
            type="button"
            className="button button-small"
            aria-pressed={size === options.size}
            onClick={() => setPicture({ size })}
          >
            {label}
          </button>
        ))}
        <button
          type="button"
          className="button button-small"
          title="Save the picture (S)"
          disabled={!ready}
          onClick={save}
        >
          <Icon name="camera" />
          Save PNG
        </button>
      </div>
    </FoldSection>
  );
}
