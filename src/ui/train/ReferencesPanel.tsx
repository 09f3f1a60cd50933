/** The fitted good scans that this browser keeps. */

import { DETECTORS } from '../../studio/referenceState.ts';
import type { ReferenceRecord } from '../../studio/trainingState.ts';
import { formatBytes } from '../../studio/units.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { Section } from '../parts/Section.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

export function ReferencesPanel() {
  const references = useStudio((state) => state.training.references);
  if (references.length === 0) return null;
  return (
    <Section title="Fitted good scans in this browser">
      <p className="note">
        Kept so that the next visit need not fit them again. Deleting one loses nothing else.
      </p>
      <ul className="scan-list">
        {references.map((reference) => (
          <li key={reference.id}>
            <ReferenceLine reference={reference} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function ReferenceLine({
  reference: { id, good, detector, bytes },
}: {
  readonly reference: ReferenceRecord;
}) {
  const { deleteReference } = useCommands();
  const [first = 'good scans', ...others] = good;
  const title = others.length === 0 ? first : `${first} and ${others.length} more`;
  // Another version of the studio may have had other detectors.
  const judge = DETECTORS.find(({ name }) => name === detector)?.title ?? detector;
  return (
    <>
      <span className="scan-name" title={good.join(', ')}>
        <span className="ellipsis">
          {title} <span className="dim">· {judge}</span>
        </span>
        <span className="dim">{formatBytes(bytes)}</span>
      </span>
      <IconButton
        icon="delete"
        label={`Delete the fit of ${title}, ${judge}`}
        onClick={() => void deleteReference(id)}
      />
    </>
  );
}
