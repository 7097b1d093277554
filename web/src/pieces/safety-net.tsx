import { Component, type ReactElement, type ReactNode } from 'react';
import { FailureNote } from './failure-note.tsx';

interface Caught {
  readonly failure: Error | undefined;
}

/** Where a part of the page cannot be drawn, or could not be loaded, it says so instead of leaving an empty window. */
export class SafetyNet extends Component<{ readonly children: ReactNode }, Caught> {
  override state: Caught = { failure: undefined };

  static getDerivedStateFromError(failure: unknown): Caught {
    return { failure: failure instanceof Error ? failure : new Error(String(failure)) };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    return failure === undefined ? this.props.children : <Fallen failure={failure} />;
  }
}

function Fallen({ failure }: { readonly failure: Error }): ReactElement {
  return (
    <main className="alone" id="main">
      <h1>Stanch</h1>
      <FailureNote failure={failure} again={() => window.location.reload()} />
    </main>
  );
}
