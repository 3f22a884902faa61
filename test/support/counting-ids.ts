import { Ids } from '#libs/kernel';

/** Ids that sort by creation and are the same in every run. */
export class CountingIds extends Ids {
  #made = 0;

  override next(prefix: string): string {
    return `${prefix}_${String(++this.#made).padStart(8, '0')}`;
  }
}
