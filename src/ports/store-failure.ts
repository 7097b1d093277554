/** What a store could not do, in words for people. */
export interface StoreFailure {
  readonly state: 'failed';
  readonly attempted: string;
  readonly happened: string;
  readonly whatToDo: string;
}
