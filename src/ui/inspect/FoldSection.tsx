/** A block of the inspector that can be folded away; how it was left is remembered. */

import { type ReactNode, useId } from 'react';
import { Icon } from '../parts/Icon.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

interface Props {
  readonly title: string;
  /** Stands at the right end of the heading, folded or not. */
  readonly action?: ReactNode;
  /** What is seldom needed begins folded. */
  readonly folded?: boolean;
  readonly children: ReactNode;
}

export function FoldSection({ title, action, folded = false, children }: Props) {
  const id = useId();
  const open = useStudio((state) => !(state.panels.folded[title] ?? folded));
  const { foldSection } = useCommands();
  return (
    <section className={`section ${open ? '' : 'section-folded'}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>
          <button
            type="button"
            className="fold"
            aria-expanded={open}
            onClick={() => foldSection(title, open)}
          >
            <Icon name="unfold" />
            {title}
          </button>
        </h2>
        {action}
      </header>
      {open && children}
    </section>
  );
}
