/** A name being changed in place: taken on Enter or when it is left, thrown away on Escape. */

import { useState } from 'react';

/** @param onDone null = nothing changed */
export function TitleBox({
  label,
  title,
  onDone,
}: {
  /** What is named. */
  readonly label: string;
  readonly title: string;
  readonly onDone: (title: string | null) => void;
}) {
  const [text, setText] = useState(title);
  return (
    <input
      className="text-box"
      type="text"
      aria-label={label}
      maxLength={80}
      value={text}
      ref={(box) => box?.focus()}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => onDone(text.trim() === '' || text === title ? null : text)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') onDone(null);
      }}
    />
  );
}
