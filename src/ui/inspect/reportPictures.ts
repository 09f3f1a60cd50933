/** The pictures of a report: from the side of the worst region, from the other side, from above, close by. */

import type { Vec3 } from '../../core/types.ts';
import type { DefectRegion } from '../../studio/regionState.ts';
import type { ReportPicture } from '../../studio/reportContent.ts';
import type { PictureMark, Shot } from '../../viewer/pictures.ts';
import type { Viewer } from '../../viewer/viewer.ts';
import { PAPER_VIEW } from '../view/picture.ts';

/** Twice the pixels that a picture has points on the page, and more: prints stay sharp. */
const SIZE = { width: 1028, height: 600 } as const;
const HOME: Vec3 = [0.62, -0.78, 0.5];
const FRONT: Vec3 = [0, -1, 0.15];
const ABOVE: Vec3 = [0, -0.2, 1];
const MOST_MARKS = 20;

/** A region that counts, with its place in the list. */
export interface ReportedRegion {
  readonly region: DefectRegion;
  readonly at: number;
}

/** A little from the side and above: seen straight on, a bulge has no shape. */
function towards([x, y, z]: Vec3): Vec3 {
  return [x - 0.35 * y, y + 0.35 * x, z + 0.3];
}

function shotsOf(
  viewer: Viewer,
  worst: ReportedRegion | undefined,
  radius: number,
): (Shot & { caption: string })[] {
  const whole = (direction: Vec3, caption: string) => ({ direction, place: null, caption });
  if (worst === undefined)
    return [
      whole(HOME, 'From the front right'),
      whole([-HOME[0], -HOME[1], HOME[2]], 'From behind'),
      whole(FRONT, 'From the front'),
      whole(ABOVE, 'From above'),
    ];
  const { centre, normal, extent } = worst.region;
  const [x, y, z] = towards(viewer.inView(normal));
  const close = { centre, extent: Math.max(extent, 0.15 * radius) };
  return [
    whole([x, y, z], `The side of region ${worst.at + 1}, the worst`),
    { direction: [x, y, z], place: close, caption: `Region ${worst.at + 1} from close by` },
    whole([-x, -y, -z], 'The other side'),
    whole(ABOVE, 'From above'),
  ];
}

/** @param pins marks of the comments; those of the regions are added */
export async function reportPictures(
  viewer: Viewer,
  regions: readonly ReportedRegion[],
  radius: number,
  pins: readonly PictureMark[],
): Promise<ReportPicture[]> {
  const shots = shotsOf(viewer, regions[0], radius);
  const regionMarks = regions
    .slice(0, MOST_MARKS)
    .map(({ region: { centre, normal }, at }) => ({ place: centre, normal, text: String(at + 1) }));
  const marks = [...regionMarks, ...pins.slice(0, MOST_MARKS)];
  const pictures = await viewer.pictures(shots, PAPER_VIEW, { ...SIZE, marks });
  return pictures.map((bytes, at) => ({ bytes, caption: shots[at]!.caption }));
}

/** Text in any letters as a PNG, black on nothing. */
export async function textPicture(text: string): Promise<Uint8Array | null> {
  const height = 64;
  const font = `${height * 0.75}px sans-serif`;
  const measure = new OffscreenCanvas(1, 1).getContext('2d');
  if (measure === null) return null;
  measure.font = font;
  const canvas = new OffscreenCanvas(Math.ceil(measure.measureText(text).width) + 2, height);
  const pen = canvas.getContext('2d');
  if (pen === null) return null;
  pen.font = font;
  pen.fillStyle = '#12191f';
  pen.textBaseline = 'middle';
  pen.fillText(text, 0, height / 2);
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
}
