/** `po3ad info`: what is in scan files, without any model. */

import { toErrorValue } from '../../core/errors.ts';
import type { PointCloud } from '../../core/types.ts';
import { type Command, EXIT } from '../command.ts';
import { readScanFile } from '../files.ts';
import { MESH_HELP, MESH_OPTIONS, meshOption } from '../meshOption.ts';
import { expandArchives } from '../scanSource.ts';

/** @returns [min, max] in source units with the origin added, or null for no points */
function boundsOf({ positions, origin }: PointCloud): [number[], number[]] | null {
  if (positions.length === 0) return null;
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    const axis = i % 3;
    const value = positions[i]! + origin[axis as 0 | 1 | 2];
    if (value < min[axis]!) min[axis] = value;
    if (value > max[axis]!) max[axis] = value;
  }
  return [min, max];
}

export const info: Command = {
  name: 'info',
  summary: 'Says what scan files hold.',
  synopsis: 'FILE... [--mesh vertices|sample [--samples N]] [--json]',
  help: [
    ...MESH_HELP,
    '',
    'An archive (.zip) stands for the scans in it.',
    'One JSON object a file: file, format, points, faces, bounds ([[min x, y, z], [max x, y, z]]),',
    'attributes, skipped, nan; or file, error {kind, where, message}. A bad file does not stop the rest.',
  ],
  options: MESH_OPTIONS,
  async run(args, terminal) {
    let failed = false;
    const mesh = meshOption(args);
    for (const file of await expandArchives(args.files('a scan file'))) {
      terminal.throwIfCancelled();
      try {
        const { cloud, report } = await readScanFile(file, terminal, mesh);
        const attributes = [
          ...(cloud.normals === null ? [] : ['normals']),
          ...(cloud.colours === null ? [] : ['colours']),
          ...Object.keys(cloud.attributes),
        ];
        const { format, points, faces, skipped, nan, warnings } = report;
        const bounds = boundsOf(cloud);
        terminal.result({ file, format, points, faces, bounds, attributes, skipped, nan }, () =>
          [
            `${file}: ${format}, ${points} points${faces > 0 ? `, ${faces} triangles` : ''}`,
            ...(bounds === null ? [] : [`  from ${bounds[0].join(' ')} to ${bounds[1].join(' ')}`]),
            ...(attributes.length === 0 ? [] : [`  attributes: ${attributes.join(', ')}`]),
            ...(skipped + nan === 0 ? [] : [`  left out: ${skipped} unreadable rows, ${nan} not finite`]),
          ].join('\n'),
        );
        for (const warning of warnings) terminal.note(`${file}: ${warning}`);
      } catch (error) {
        terminal.throwIfCancelled();
        failed = true;
        terminal.failure(file, toErrorValue(error));
      }
    }
    return failed ? EXIT.failed : EXIT.ok;
  },
};
