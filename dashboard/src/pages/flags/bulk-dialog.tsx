import { Alert, Autocomplete, Button, NativeSelect, Progress, Stack, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import type { Flag } from '../../api/flags.ts';
import type { Environment } from '../../api/projects.ts';
import { queryClient } from '../../api/query-client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { Dialog } from '../../elements/dialog.tsx';
import { DialogFooter } from '../../elements/dialog-footer.tsx';
import { ReasonField } from '../../elements/reason-field.tsx';
import { showPropagation } from '../../propagation/show-propagation.tsx';
import { shownText } from '../../sentences/shown-text.ts';
import { type BulkAct, doBulkAct } from './bulk-acts.ts';
import classes from './bulk-bar.module.css';
import { type BulkProgress, runBulk } from './bulk-run.ts';

const WORDS: { readonly [act in BulkAct]: { readonly title: string; readonly act: string; readonly done: string } } = {
  archive: { title: 'Archive', act: 'Archive', done: 'archived' },
  unarchive: { title: 'Bring back', act: 'Unarchive', done: 'brought back' },
  'add-tag': { title: 'Add a tag to', act: 'Add tag', done: 'tagged' },
  'remove-tag': { title: 'Take a tag from', act: 'Remove tag', done: 'changed' },
  kill: { title: 'Kill', act: 'Kill', done: 'killed' },
};
const NAMED = 5;

interface Props {
  readonly act: BulkAct;
  readonly flags: readonly Flag[];
  readonly environments: readonly Environment[];
  /** With the keys of those that failed; undefined: nothing was done. */
  readonly onClose: (failed?: readonly string[]) => void;
}

/** Asks once, does it to each, and names each that failed. */
export function BulkDialog({ act, flags, environments, onClose }: Props) {
  const concerned = flags.filter(({ archived }) =>
    act === 'archive' || act === 'kill' ? !archived : act === 'unarchive' ? archived : true,
  );
  const [environment, setEnvironment] = useState(environments.at(-1)?.key ?? '');
  const [tag, setTag] = useState('');
  const [reason, setReason] = useState('');
  const [isMissing, setMissing] = useState(false);
  const [progress, setProgress] = useState<BulkProgress<Flag> | null>(null);
  const [isOver, setOver] = useState(false);
  const stop = useRef(new AbortController());
  const isTag = act === 'add-tag' || act === 'remove-tag';
  const needsReason = act === 'kill' || (!isTag && environments.some((each) => each.protected));
  const words = WORDS[act];
  const run = async (items: readonly Flag[]): Promise<void> => {
    const input = { tag: tag.trim(), environment, reason: reason.trim() || undefined };
    if ((needsReason && !input.reason) || (isTag && input.tag === '')) return setMissing(true);
    stop.current = new AbortController();
    setOver(false);
    setProgress({ done: 0, failures: [] });
    let last = 0;
    const one = async (flag: Flag): Promise<void> => {
      last = Math.max(last, (await doBulkAct(act, flag, input)) ?? 0);
    };
    await runBulk(items, one, setProgress, stop.current.signal);
    setOver(true);
    const { project } = items[0] as Flag;
    const where = act === 'kill' ? environment : environments.at(-1)?.key;
    if (last > 0 && where) showPropagation(`Flags ${words.done}`, { project, environment: where, revision: last });
    void queryClient.invalidateQueries({ queryKey: queryKeys.flags(project) });
  };
  const close = (): void => {
    stop.current.abort();
    onClose(progress?.failures.map(({ item }) => item.key));
  };
  const noun = `${concerned.length} ${concerned.length === 1 ? 'flag' : 'flags'}`;
  return (
    <Dialog
      onClose={close}
      title={`${words.title} ${noun}`}
      holds={(isTouched) => (progress === null ? isTouched : !isOver)}
      {...(progress !== null && { loss: 'It is not finished: closing stops it where it is.' })}
    >
      <Stack>
        {progress === null ? (
          <>
            <Text size="sm">
              {concerned
                .slice(0, NAMED)
                .map(({ key, name }) => shownText(name || key))
                .join(', ')}
              {concerned.length > NAMED && ` and ${concerned.length - NAMED} more`}
            </Text>
            {act === 'archive' && (
              <Text size="sm">
                Archived flags leave every environment: callers get the default in their own code. Nothing is lost, and
                they can be brought back as they were.
              </Text>
            )}
            {act === 'kill' && (
              <NativeSelect
                label="Environment"
                description="Off for everybody there, at once."
                value={environment}
                onChange={(event) => setEnvironment(event.currentTarget.value)}
                data={environments.map(({ key, name }) => ({ value: key, label: shownText(name || key) }))}
              />
            )}
            {isTag && (
              <Autocomplete
                label="Tag"
                data-autofocus
                maxLength={64}
                value={tag}
                onChange={setTag}
                data={[...new Set(concerned.flatMap(({ tags }) => tags))].sort().slice(0, 200)}
                error={isMissing && tag.trim() === '' ? 'Write the tag.' : null}
              />
            )}
            {!isTag && (
              <ReasonField
                value={reason}
                onChange={setReason}
                isRequired={needsReason}
                isMissing={isMissing}
                quick={[]}
              />
            )}
            <DialogFooter>
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button
                onClick={() => void run(concerned)}
                disabled={concerned.length === 0}
                {...((act === 'kill' || act === 'archive') && { color: 'red.8' })}
              >
                {words.act} {noun}
              </Button>
            </DialogFooter>
          </>
        ) : (
          <Outcome
            progress={progress}
            isOver={isOver}
            close={close}
            total={concerned.length}
            done={words.done}
            onRetry={() => void run(progress.failures.map(({ item }) => item))}
          />
        )}
      </Stack>
    </Dialog>
  );
}

interface OutcomeProps {
  readonly progress: BulkProgress<Flag>;
  readonly total: number;
  readonly isOver: boolean;
  readonly done: string;
  readonly close: () => void;
  readonly onRetry: () => void;
}

function Outcome({ progress: { done: count, failures }, total, isOver, done, close, onRetry }: OutcomeProps) {
  return (
    <>
      <Progress value={(100 * count) / Math.max(1, total)} aria-label={`${count} of ${total}`} />
      <Text role="status">
        {count - failures.length} of {total} {done}
        {failures.length > 0 && `, ${failures.length} failed`}
        {isOver ? '.' : ' …'}
      </Text>
      {failures.length > 0 && (
        <Alert color="red" title="These failed">
          <ul className={classes.failures}>
            {failures.map(({ item, error }) => (
              <li key={item.key}>
                <strong>{item.key}</strong>: {error instanceof Error ? error.message : String(error)}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      <DialogFooter>
        {isOver && failures.length > 0 && (
          <Button variant="default" onClick={onRetry}>
            Try those again
          </Button>
        )}
        <Button onClick={close}>{isOver ? 'Close' : 'Stop'}</Button>
      </DialogFooter>
    </>
  );
}
