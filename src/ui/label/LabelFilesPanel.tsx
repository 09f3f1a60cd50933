/** Labels in and out of files. */

import { useId, useState } from 'react';
import { LABEL_FORMATS, type LabelFormat } from '../../studio/labelState.ts';
import { saveFile } from '../../studio/saveFile.ts';
import { Icon } from '../parts/Icon.tsx';
import { Section } from '../parts/Section.tsx';
import { useCommands } from '../useStudio.ts';

const NAMES: Readonly<Record<LabelFormat, string>> = {
  'anomaly-shapenet': 'Text, x,y,z,label (Anomaly-ShapeNet)',
  'real3d-ad': 'Text, x y z label (Real3D-AD)',
  ply: 'PLY with labels',
  pcd: 'PCD with labels',
  npy: 'NumPy, N × 4',
};

function chooseLabels(onFile: (file: File) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.txt,.csv,.xyz,.ply,.pcd,.npy';
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    if (file !== undefined) onFile(file);
  });
  input.click();
}

export function LabelFilesPanel({ storage }: { readonly storage: string }) {
  const id = useId();
  const [format, setFormat] = useState<LabelFormat>('anomaly-shapenet');
  const { importLabels, exportLabels } = useCommands();
  const save = () => {
    const file = exportLabels(format);
    if (file !== null) saveFile(file.name, file.bytes, 'application/octet-stream');
  };
  return (
    <Section title="Files">
      <div className="field">
        <label htmlFor={id}>Format</label>
        <select
          id={id}
          value={format}
          onChange={(event) => {
            const chosen = LABEL_FORMATS.find((known) => known === event.currentTarget.value);
            if (chosen !== undefined) setFormat(chosen);
          }}
        >
          {LABEL_FORMATS.map((known) => (
            <option key={known} value={known}>
              {NAMES[known]}
            </option>
          ))}
        </select>
      </div>
      <div className="row row-wrap">
        <button type="button" className="button button-small" onClick={save}>
          Export labels
        </button>
        <button
          type="button"
          className="button button-small"
          onClick={() => chooseLabels((file) => void importLabels(file))}
        >
          <Icon name="open" />
          Import labels
        </button>
      </div>
      <p className="note">{storage}</p>
    </Section>
  );
}
