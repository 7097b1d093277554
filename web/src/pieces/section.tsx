import type { ReactElement, ReactNode } from 'react';

interface Sectioning {
  readonly id: string;
  readonly title: string;
  /** One line that says what is in it. */
  readonly gist?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ id, title, gist, children }: Sectioning): ReactElement {
  return (
    <section className="section" aria-labelledby={`${id}-title`} id={id}>
      <h2 id={`${id}-title`}>{title}</h2>
      {gist === undefined ? null : <p className="gist">{gist}</p>}
      {children}
    </section>
  );
}
