/** The mark: a surface of points, one of them out of place. */

export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <g className="logo-good">
        <circle cx="5" cy="22" r="2" />
        <circle cx="10.500" cy="20" r="2" />
        <circle cx="21.500" cy="20" r="2" />
        <circle cx="27" cy="22" r="2" />
        <circle cx="16" cy="26" r="2" />
        <circle cx="9.500" cy="26.500" r="2" />
        <circle cx="22.500" cy="26.500" r="2" />
      </g>
      <path className="logo-offset" d="M16 19.500v-7" />
      <circle className="logo-bad" cx="16" cy="8.500" r="3.200" />
    </svg>
  );
}
