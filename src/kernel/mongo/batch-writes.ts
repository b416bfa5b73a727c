import { type ClientSession, type Collection, type Document, type Filter, MongoServerError, type UpdateFilter } from 'mongodb';

/** One statement of an update command: what it looks for, and how that is changed. */
export interface Update<Row> {
  readonly q: Filter<Row>;
  readonly u: UpdateFilter<Row>;
  readonly upsert?: boolean;
}

/**
 * `insertMany` as the command that it sends, without what the driver does around it: it wraps every row, measures it and collects what
 * became of it, which a busy lane can do without. Only for a transaction, as a command is not sent again by itself, and for small rows,
 * as all of them together must not exceed the 16 MB of a document.
 * @throws MongoServerError with the `code` and the `index` of the row that is refused; the transaction is over then
 */
export async function insertBatch<Row extends Document>(
  collection: Collection<Row>,
  documents: readonly Row[],
  session: ClientSession,
): Promise<void> {
  await send(collection, { insert: collection.collectionName, documents }, session);
}

/** As `insertBatch`, for `bulkWrite`, in order. Resolves to how many of the statements found their row, or made it. */
export async function updateBatch<Row extends Document>(
  collection: Collection<Row>,
  updates: readonly Update<Row>[],
  session: ClientSession,
): Promise<number> {
  return (await send(collection, { update: collection.collectionName, updates }, session)).n;
}

/** A refused row is no failure of the command itself. */
async function send<Row extends Document>({ db }: Collection<Row>, command: Document, session: ClientSession): Promise<Document> {
  const answer = await db.command(command, { session });
  const [refused] = (answer.writeErrors ?? []) as Document[];
  if (refused) throw new MongoServerError(refused);
  return answer;
}
