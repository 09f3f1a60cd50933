/** Files can be dropped anywhere on the page. */

import { useEffect, useState } from 'react';
import { FORMATS_TEXT } from '../../studio/formats.ts';
import { Icon } from '../parts/Icon.tsx';
import { useCommands, useStudio } from '../useStudio.ts';
import { droppedFiles } from './chooseFiles.ts';

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** Where files are dropped in Inspect mode: left to be checked, right to compare with. */
type Zone = 'check' | 'good';

function zoneAt(x: number, halves: boolean): Zone {
  return halves && x > window.innerWidth / 2 ? 'good' : 'check';
}

export function DropTarget() {
  const [over, setOver] = useState<Zone | null>(null);
  const { openFiles, openFolder, openDataset, addGoodFiles, report } = useCommands();
  const evaluating = useStudio((state) => state.mode === 'evaluate');
  const inspecting = useStudio((state) => state.mode === 'inspect');

  useEffect(() => {
    const onDragOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(zoneAt(event.clientX, inspecting));
    };
    const onDragLeave = (event: DragEvent) => {
      // Leaving for a child of the page is not leaving the page.
      if (event.relatedTarget === null) setOver(null);
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      setOver(null);
      const zone = zoneAt(event.clientX, inspecting);
      droppedFiles(event.dataTransfer).then(
        ({ files, folder }) => {
          if (zone === 'good') addGoodFiles(files.map(({ file }) => file));
          else if (folder && evaluating) openDataset(files);
          else if (folder) openFolder(files);
          else openFiles(files.map(({ file }) => file));
        },
        (error: unknown) =>
          report({
            tone: 'error',
            title: 'The dropped files could not be read',
            where: '',
            cause: error instanceof Error ? error.message : String(error),
            next: 'Drop them again, or choose them with “Open files”.',
            action: null,
          }),
      );
    };
    window.addEventListener('dragover', onDragOver);
    window.addEventListener('dragleave', onDragLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onDragOver);
      window.removeEventListener('dragleave', onDragLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [openFiles, openFolder, openDataset, addGoodFiles, evaluating, inspecting, report]);

  if (over === null) return null;
  return (
    <div className="drop-target" aria-hidden="true">
      <div className={over === 'check' ? 'drop-here' : ''}>
        <Icon name="open" />
        <strong>{inspecting ? 'Scan to check' : 'Drop to open'}</strong>
        <span>
          {evaluating ? 'A folder of scans with known defects' : `${FORMATS_TEXT}, or a folder of them`}
        </span>
      </div>
      {inspecting && (
        <div className={over === 'good' ? 'drop-here' : ''}>
          <Icon name="check" />
          <strong>Good scan</strong>
          <span>to compare others with</span>
        </div>
      )}
    </div>
  );
}
