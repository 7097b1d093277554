import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';

interface SheetContent {
  readonly title: string;
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly children: ReactNode;
}

/** Asks before something is done: a sheet from below on a phone, a dialog elsewhere. Escape closes it. */
export function Sheet({ title, isOpen, close, children }: SheetContent): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen && dialog.current?.open === false) dialog.current.showModal();
    if (!isOpen) dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} className="sheet" aria-label={title} onClose={close}>
      {isOpen ? (
        <>
          <h2 tabIndex={-1} autoFocus>
            {title}
          </h2>
          {children}
        </>
      ) : null}
    </dialog>
  );
}
