/** Line icons, drawn on a 20 x 20 grid. Decoration only: the control that holds one has the name. */

const PATHS = {
  inspect: 'M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11Zm4 9.5 3.5 3.5',
  evaluate: 'M3.5 3.5v13h13M6.500 13.500l3-4.500 2.500 2 4-6',
  open: 'M3 15.5v-11h5l1.6 2H17v9H3Zm7-2V9.2M7.9 11.2 10 9.1l2.1 2.1',
  samples: 'M3.5 3.5h5.2v5.2H3.5zM11.3 3.5h5.2v5.2h-5.2zM3.5 11.3h5.2v5.2H3.5zM11.3 11.3h5.2v5.2h-5.2z',
  theme: 'M10 3a7 7 0 1 0 0 14V3Zm0 0a7 7 0 0 1 0 14',
  help: 'M7.4 7.6a2.6 2.6 0 1 1 3.9 2.3c-.9.5-1.3 1-1.3 2M10 14.6v.1',
  previous: 'M12 4.5 6.5 10l5.5 5.5',
  next: 'M8 4.5 13.5 10 8 15.5',
  frame: 'M3.5 7V3.5H7M13 3.5h3.5V7M16.5 13v3.5H13M7 16.5H3.5V13M7.5 7.5h5v5h-5z',
  home: 'M3.5 9.5 10 4l6.5 5.5M5.5 8.5v7.5h9V8.5',
  heatmap: 'M4 15.5h2.5v-4H4zM8.75 15.5h2.5v-8h-2.5zM13.5 15.5H16v-11h-2.5z',
  shading: 'M10 3.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Zm0 0c2 2.2 2 10.800 0 13',
  close: 'm5 5 10 10M15 5 5 15',
  drawer: 'M3.5 4.500h13v11h-13zM3.500 11.500h13',
  retry: 'M16 10a6 6 0 1 1-1.900-4.400M16 3.500v3.300h-3.300',
  reset: 'M4 10a6 6 0 1 0 1.900-4.400M4 3.500v3.300h3.300',
  check: 'm4.500 10.500 3.600 3.600 7.400-8',
  alert: 'M10 3.500 17 16H3L10 3.500Zm0 4.700v3.500M10 13.800v.1',
  dash: 'M5 10h10',
  stop: 'M6 6h8v8H6z',
  train: 'M3.5 16.5v-13M3.5 16.5h13M6 13.500l3-4.500 2.500 2L16 5.500',
  pause: 'M7 5v10M13 5v10',
  play: 'M6.500 4.500 15.500 10l-9 5.500z',
  finish: 'M5 16.500v-13M5 4h10l-2.500 3.200L15 10.500H5',
  import: 'M10 3.500v8.500M6.500 9l3.500 3.500L13.500 9M4 16.500h12',
  export: 'M10 12V3.500M6.500 7 10 3.500 13.500 7M4 16.500h12',
  rename: 'M4 16l.7-3.300 8.700-8.700 2.600 2.600-8.700 8.700L4 16Z',
  delete: 'M4.500 6h11M8 6V4h4v2M6 6l.7 10.500h6.600L14 6',
  dice: 'M4 4h12v12H4zM7.500 7.500v.1M12.500 12.500v.1M10 10v.1',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
