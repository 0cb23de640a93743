import type { Verification } from '@dimmer/contract';
import { Alert, Button } from '@mantine/core';
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react';
import { useState } from 'react';
import { request } from '../../api/request.ts';
import { Problem } from '../../elements/problem.tsx';
import { shownText } from '../../sentences/shown-text.ts';

/** Has the server walk the hash chain from the first change to the last. */
export function VerifyChain() {
  const [answer, setAnswer] = useState<Verification | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const verify = async (): Promise<void> => {
    setBusy(true);
    setAnswer(null);
    setError(null);
    await request<Verification>('/api/v1/changes/verify').then(setAnswer, setError);
    setBusy(false);
  };
  return (
    <>
      <div>
        <Button
          variant="default"
          loading={isBusy}
          leftSection={<IconShieldCheck size={16} aria-hidden />}
          onClick={() => void verify()}
        >
          Verify the chain
        </Button>
      </div>
      {answer?.ok && (
        <Alert
          role="status"
          color="green"
          icon={<IconShieldCheck aria-hidden />}
          title={`The chain is whole: ${answer.revision.toLocaleString()} changes`}
        >
          Every change fits the one before it, and the documents are what the changes made of them. The last is{' '}
          {answer.id ?? answer.revision}: keep that somewhere else, and nobody can rewrite what came before it unseen.
        </Alert>
      )}
      {answer && !answer.ok && (
        <Alert
          role="alert"
          color="red"
          icon={<IconShieldX aria-hidden />}
          title={`Wrong at revision ${answer.revision}`}
        >
          {shownText(answer.problem ?? 'It does not fit the one before it.')} Somebody has written to the database past
          the server, or the disk has. Compare with a backup before anything else is changed.
        </Alert>
      )}
      {error !== null && <Problem error={error} title="The chain could not be verified" />}
    </>
  );
}
