/** Which scans are made of each part: four to train on, three good and eight defective ones to test with. */

import type { Vec3 } from '../../src/core/types.ts';
import type { DefectSpec } from './defects.ts';
import type { PartName } from './parts.ts';
import type { ScanSetup } from './scanner.ts';

export interface ScanRecipe {
  readonly part: PartName;
  readonly split: 'train' | 'test';
  /** File name without ending, in the naming of Anomaly-ShapeNet: template, positive, else the defect. */
  readonly name: string;
  readonly title: string;
  readonly defect: DefectSpec | null;
  readonly setup: ScanSetup;
  /** Where the picture is taken from, in the part's frame; null: where the defect is seen. */
  readonly view: Vec3 | null;
}

type Defects = readonly { title: string; spec: DefectSpec; view?: Vec3 }[];

const FLANGE: Defects = [
  { title: 'bulge on the disc', spec: { kind: 'bulge', at: [24, -58, 16], radius: 24, height: 7 } },
  { title: 'bulge on the hub', spec: { kind: 'bulge', at: [-28, 30, 40], radius: 18, height: 5 } },
  { title: 'dent in the disc', spec: { kind: 'dent', at: [-27, -60, 16], radius: 24, height: 6.5 } },
  {
    title: 'scratch on the sealing face',
    spec: {
      kind: 'scratch',
      path: [
        [-46, 18, -2],
        [-38, -14, -2],
        [-14, -40, -2],
        [26, -42, -2],
      ],
      width: 5,
      depth: 2.5,
    },
  },
  {
    title: 'crack from the rim',
    spec: {
      kind: 'crack',
      path: [
        [78, -10, 16],
        [62, -22, 16],
        [56, -34, 16],
        [58, -50, 16],
        [44, -66, 16],
      ],
      width: 2.6,
      depth: 8,
    },
  },
  { title: 'hole that should not be', spec: { kind: 'hole', at: [59, -24.5, 16], radius: 8, depth: 20 } },
  { title: 'broken rim', spec: { kind: 'broken', at: [40, -58, 8], outward: [0.56, -0.82, 0.12] } },
  {
    title: 'bent disc',
    spec: { kind: 'bend', at: [-36, 0, 8], along: [-1, 0.2, 0], towards: [0, 0, 1], length: 20, slope: 0.2 },
    view: [-0.35, -1, 0.35],
  },
];

const BOTTLE: Defects = [
  { title: 'bulge above the grip', spec: { kind: 'bulge', at: [32, 22, 84], radius: 24, height: 6.5 } },
  { title: 'bulge on the shoulder', spec: { kind: 'bulge', at: [-22, 23, 118], radius: 17, height: 5 } },
  { title: 'dent in the body', spec: { kind: 'dent', at: [-21, -32, 52], radius: 24, height: 6.5 } },
  {
    title: 'scratch along the body',
    spec: {
      kind: 'scratch',
      path: [
        [40, 0, 14],
        [38, 12, 44],
        [33, 24, 76],
        [35, 21, 100],
      ],
      width: 5,
      depth: 2.2,
    },
  },
  {
    title: 'crack in the shoulder',
    spec: {
      kind: 'crack',
      path: [
        [18, 0, 150],
        [20, 4, 138],
        [26, 3, 126],
        [34, 9, 116],
        [40, 2, 98],
      ],
      width: 2.4,
      depth: 4,
    },
  },
  { title: 'hole in the wall', spec: { kind: 'hole', at: [0, -38, 84], radius: 9, depth: 6 } },
  { title: 'broken mouth', spec: { kind: 'broken', at: [4, 2, 156], outward: [0.6, 0.2, 0.77] } },
  {
    title: 'bent neck',
    spec: { kind: 'bend', at: [0, 0, 108], along: [0, 0, 1], towards: [1, 0, 0], length: 30, slope: 0.24 },
    view: [0.1, -1, 0.25],
  },
];

const BRACKET: Defects = [
  { title: 'bulge on the base', spec: { kind: 'bulge', at: [56, 0, 10], radius: 20, height: 6 } },
  { title: 'bulge on the back', spec: { kind: 'bulge', at: [0, -22, 34], radius: 17, height: 5 } },
  { title: 'dent in the back', spec: { kind: 'dent', at: [0, 16, 28], radius: 20, height: 6 } },
  {
    title: 'scratch on the base',
    spec: {
      kind: 'scratch',
      path: [
        [87, -36, 10],
        [72, -6, 10],
        [82, 16, 10],
        [76, 36, 10],
      ],
      width: 5,
      depth: 2.5,
    },
  },
  {
    title: 'crack in the upright',
    spec: {
      kind: 'crack',
      path: [
        [10, 40, 66],
        [10, 28, 70],
        [10, 12, 69],
        [10, -4, 73],
        [10, -24, 70],
      ],
      width: 2.4,
      depth: 6,
    },
  },
  {
    title: 'hole that should not be',
    spec: { kind: 'hole', at: [30, 0, 10], radius: 8, depth: 14 },
    view: [0.85, -0.35, 0.75],
  },
  { title: 'broken corner', spec: { kind: 'broken', at: [76, 28, 5], outward: [0.72, 0.68, 0.1] } },
  {
    title: 'bent upright',
    spec: { kind: 'bend', at: [0, 0, 38], along: [0, 0, 1], towards: [1, 0, 0], length: 20, slope: 0.18 },
    view: [0.25, -1, 0.3],
  },
];

const DEFECTS: Readonly<Record<PartName, Defects>> = { flange: FLANGE, bottle: BOTTLE, bracket: BRACKET };

/** Where each part looks best from, and the side a partial scan is taken from. */
const VIEWS: Readonly<Record<PartName, Vec3>> = {
  flange: [0.5, -0.75, 0.75],
  bottle: [0.7, -0.8, 0.35],
  bracket: [0.85, -0.6, 0.6],
};

const NOISE_GOOD = [0.1, 0.13, 0.15, 0.12] as const;

function goodScans(part: PartName, seed: number): ScanRecipe[] {
  const common = { part, defect: null, view: VIEWS[part] } as const;
  const train = NOISE_GOOD.map((noise, i): ScanRecipe => {
    const setup: ScanSetup = { seed: seed + i, points: 8000, noise, stations: 'around', densityChange: 0.3 };
    return {
      ...common,
      split: 'train',
      name: `${part}_template${i}`,
      title: `good, for training ${i + 1}`,
      setup,
    };
  });
  const test = (
    [
      ['good', { points: 8000, noise: 0.12, stations: 'around', densityChange: 0.3 }],
      ['good, uneven density', { points: 6000, noise: 0.15, stations: 'around', densityChange: 0.9 }],
      ['good, seen from one side', { points: 6000, noise: 0.12, stations: VIEWS[part], densityChange: 0.3 }],
    ] as const
  ).map(([title, setup], i): ScanRecipe => {
    return {
      ...common,
      split: 'test',
      name: `${part}_positive${i}`,
      title,
      setup: { seed: seed + 10 + i, ...setup },
    };
  });
  return [...train, ...test];
}

function defectiveScans(part: PartName, seed: number): ScanRecipe[] {
  const count = new Map<string, number>();
  return DEFECTS[part].map(({ title, spec, view }, i) => {
    const nth = count.get(spec.kind) ?? 0;
    count.set(spec.kind, nth + 1);
    const setup: ScanSetup = {
      seed: seed + 20 + i,
      points: 7500,
      noise: 0.1 + 0.01 * (i % 5),
      stations: 'around',
      densityChange: 0.2 + 0.1 * (i % 4),
    };
    return {
      part,
      split: 'test',
      name: `${part}_${spec.kind}${nth}`,
      title,
      defect: spec,
      setup,
      view: view ?? null,
    };
  });
}

/** All scans, in the order of the gallery. */
export const RECIPE: readonly ScanRecipe[] = (['flange', 'bottle', 'bracket'] as const).flatMap((part, p) => [
  ...goodScans(part, 1000 * (p + 1)),
  ...defectiveScans(part, 1000 * (p + 1)),
]);

/** The scan the page opens with. */
export const OPENING_SCAN = 'bottle_bulge0';
