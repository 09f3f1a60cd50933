/** One block of the inspector, with its heading. */

import { type ReactNode, useId } from 'react';

interface Props {
  readonly title: string;
  /** Stands at the right end of the heading. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ title, action, children }: Props) {
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {action}
      </header>
      {children}
    </section>
  );
}
