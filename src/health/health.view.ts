export class ReachableView {
  /** @example "ok" */
  status: string;

  static of({ status }: { status: string }): ReachableView {
    return { status };
  }
}
