import type { ReactElement } from 'react';

export function Wordmark(): ReactElement {
  return (
    <span className="wordmark">
      <svg viewBox="0 0 20 24" aria-hidden="true" focusable="false">
        <path d="M10 2c4 5.200 6.200 8.400 6.200 11.800a6.200 6.200 0 0 1-12.400 0C3.800 10.400 6 7.200 10 2z" className="wordmark-drop" />
        <path d="M1 22.500h18" className="wordmark-bar" />
      </svg>
      stanch
    </span>
  );
}
