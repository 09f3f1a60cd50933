/** Files can be dropped anywhere on the page. */

import { useEffect, useState } from 'react';
import { FORMATS_TEXT } from '../../studio/formats.ts';
import { Icon } from '../parts/Icon.tsx';
import { useCommands, useStudio } from '../useStudio.ts';
import { droppedFiles } from './chooseFiles.ts';

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

export function DropTarget() {
  const [over, setOver] = useState(false);
  const { openFiles, openFolder, openDataset, report } = useCommands();
  const evaluating = useStudio((state) => state.mode === 'evaluate');

  useEffect(() => {
    const onDragOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onDragLeave = (event: DragEvent) => {
      // Leaving for a child of the page is not leaving the page.
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      setOver(false);
      droppedFiles(event.dataTransfer).then(
        ({ files, folder }) => {
          const plain = files.map(({ file }) => file);
          if (folder && evaluating) openDataset(files);
          else if (folder) openFolder(plain);
          else openFiles(plain);
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
  }, [openFiles, openFolder, openDataset, evaluating, report]);

  if (!over) return null;
  return (
    <div className="drop-target" aria-hidden="true">
      <div>
        <Icon name="open" />
        <strong>Drop to open</strong>
        <span>
          {evaluating ? 'A folder of scans with known defects' : `${FORMATS_TEXT}, or a folder of them`}
        </span>
      </div>
    </div>
  );
}
