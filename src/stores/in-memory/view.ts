import type { StoreFailure } from '../../ports/store-failure.ts';

/** Answers at once, or tells that this view is closed. */
export type Asked = <Answer>(attempted: string, answer: () => Answer) => Promise<Answer | StoreFailure>;

export interface View {
  readonly asked: Asked;
  readonly close: () => Promise<void>;
}

/** One process's view of what is shared. */
export function openView(): View {
  let isOpen = true;
  return {
    asked: (attempted, answer) => Promise.resolve(isOpen ? answer() : closedStore(attempted)),
    close: () => {
      isOpen = false;
      return Promise.resolve();
    },
  };
}

function closedStore(attempted: string): StoreFailure {
  return { state: 'failed', attempted, happened: 'the store is closed', whatToDo: 'Open it again' };
}
