/** Custom properties may stand in a component's `style`. */

import 'react';

declare module 'react' {
  interface CSSProperties {
    readonly [property: `--${string}`]: string | number;
  }
}
