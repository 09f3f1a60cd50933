/** Files can be dropped anywhere on the page. */

import { useEffect, useState } from 'react';
import { FORMATS_TEXT } from '../../studio/formats.ts';
import { Icon } from '../parts/Icon.tsx';
import { useCommands } from '../useStudio.ts';
import { droppedFiles } from './chooseFiles.ts';

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

export function DropTarget() {
  const [over, setOver] = useState(false);
  const { openFiles, openFolder, report } = useCommands();

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
        ({ files, folder }) => (folder ? openFolder(files) : openFiles(files)),
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
  }, [openFiles, openFolder, report]);

  if (!over) return null;
  return (
    <div className="drop-target" aria-hidden="true">
      <div>
        <Icon name="open" />
        <strong>Drop to open</strong>
        <span>{FORMATS_TEXT}, or a folder of them</span>
      </div>
    </div>
  );
}
