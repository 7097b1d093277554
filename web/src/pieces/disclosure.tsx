import { type ReactElement, type ReactNode, useState } from 'react';

interface Disclosing {
  readonly summary: ReactNode;
  /** Drawn only once it is opened: most of it never is. */
  readonly children: () => ReactNode;
  readonly className?: string;
}

export function Disclosure({ summary, children, className = '' }: Disclosing): ReactElement {
  const [wasOpened, setOpened] = useState(false);
  return (
    <details
      className={`disclosure ${className}`}
      onToggle={(event) => {
        if (event.currentTarget.open) setOpened(true);
      }}
    >
      <summary>{summary}</summary>
      {wasOpened ? <div className="disclosed">{children()}</div> : null}
    </details>
  );
}
