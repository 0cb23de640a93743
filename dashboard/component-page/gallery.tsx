import { Button, Group, SegmentedControl, Stack, Text, Title, useMantineColorScheme } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { EnvironmentSummary, Flag } from '../src/api/flags.ts';
import { ServerError } from '../src/api/request.ts';
import { UnsavedBar } from '../src/drafts/unsaved-bar.tsx';
import { CodeBlock } from '../src/elements/code-block.tsx';
import { CopyButton } from '../src/elements/copy-button.tsx';
import { Dialog } from '../src/elements/dialog.tsx';
import { DimmerBar } from '../src/elements/dimmer-bar.tsx';
import { Disclosure } from '../src/elements/disclosure.tsx';
import { Empty } from '../src/elements/empty.tsx';
import { Failure } from '../src/elements/failure.tsx';
import { FormDialog } from '../src/elements/form-dialog.tsx';
import { Instant } from '../src/elements/instant.tsx';
import { KeyText } from '../src/elements/key-text.tsx';
import { Loading } from '../src/elements/loading.tsx';
import { Page } from '../src/elements/page.tsx';
import { Problem } from '../src/elements/problem.tsx';
import { ReasonDialog } from '../src/elements/reason-dialog.tsx';
import { ReasonField } from '../src/elements/reason-field.tsx';
import { ShownOnce } from '../src/elements/shown-once.tsx';

const LONG = 'a-key-that-is-as-long-as-keys-may-become-and-has-no-place-where-it-could-be-broken'.repeat(2);
const BOOLEAN: Pick<Flag, 'type' | 'variations'> = {
  type: 'boolean',
  variations: [
    { key: 'on', value: true, name: '' },
    { key: 'off', value: false, name: '' },
  ],
};

/** An environment in which so many percent get `on`. */
function at(percent: number, more: Partial<EnvironmentSummary> = {}): EnvironmentSummary {
  const shares = [
    { variation: 'on', percent },
    { variation: 'off', percent: 100 - percent },
  ].filter((share) => share.percent > 0);
  const summary = {
    environment: 'production',
    on: percent > 0,
    killed: null,
    blockedBy: null,
    rules: 0,
    shares,
    ...more,
  };
  return summary as unknown as EnvironmentSummary;
}

function refusal(code: string, message: string, fix?: string): ServerError {
  return new ServerError(409, { code, message, ...(fix && { fix }) } as ConstructorParameters<typeof ServerError>[1]);
}

/** Fails as a part of a page does that was not foreseen. */
function Broken(): never {
  throw new Error('a part of this page could not be drawn');
}

type DialogName = 'dialog' | 'form' | 'destructive' | 'reason' | 'shown once';

/** All of them, on one page. */
export function Gallery() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [reason, setReason] = useState('');
  const [open, setOpen] = useState<DialogName | null>(null);
  const close = (): void => setOpen(null);
  const later = () => new Promise((resolve) => setTimeout(resolve, 1_000));
  return (
    <Stack p={{ base: 'sm', sm: 'xl' }} gap="xl" maw={900} mb={120}>
      <Group justify="space-between">
        <Title order={1}>Elements</Title>
        <SegmentedControl
          data={['light', 'dark', 'auto']}
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme as 'light' | 'dark' | 'auto')}
        />
      </Group>
      <Shown name="Page">
        <Page title="A page" lead="What it is for, in a sentence." actions={<Button size="sm">Create</Button>}>
          <Text>Its content.</Text>
        </Page>
      </Shown>
      <Shown name="DimmerBar">
        {[0, 1, 12.5, 50, 100].map((percent) => (
          <DimmerBar key={percent} summary={at(percent)} flag={BOOLEAN} />
        ))}
        <DimmerBar summary={at(25, { blockedBy: 'new-checkout' })} flag={BOOLEAN} />
        <DimmerBar summary={at(25, { absent: true })} flag={BOOLEAN} />
      </Shown>
      <Shown name="Problem">
        <Problem error={refusal('VERSION_CONFLICT', 'Somebody has changed it since.', 'Load the page again.')} />
        <Problem error={refusal('FLAG_KILLED', 'It is killed.')} title="It was not turned on" />
        <Problem error={new TypeError('Failed to fetch')} />
      </Shown>
      <Shown name="Failure">
        <Failure>
          <Broken />
        </Failure>
      </Shown>
      <Shown name="Empty, Loading">
        <Empty title="No flags yet" action={<Button size="sm">Create flag</Button>}>
          A flag is what people are given something by.
        </Empty>
        <Loading what="flags" />
      </Shown>
      <Shown name="KeyText, Instant, CopyButton">
        <Group>
          <KeyText>new-checkout</KeyText>
          <CopyButton text="new-checkout" what="key" />
          <Instant at={Date.now() - 90_000} />
          <Instant at={Date.UTC(2020, 1, 29)} />
        </Group>
        <KeyText>{LONG}</KeyText>
      </Shown>
      <Shown name="CodeBlock">
        <CodeBlock label="Two lines">{`npm install @dimmer/node\n${LONG}`}</CodeBlock>
      </Shown>
      <Shown name="Disclosure">
        <Disclosure title="Closed at first">What it held back.</Disclosure>
        <Disclosure title="Open at first" isOpenAtFirst>
          What is seen at once.
        </Disclosure>
      </Shown>
      <Shown name="ReasonField">
        <ReasonField value={reason} onChange={setReason} isRequired={false} quick={['errors rise', 'by mistake']} />
        <ReasonField value="" onChange={() => {}} isRequired isMissing />
      </Shown>
      <Shown name="Dialogs">
        <Group>
          {(['dialog', 'form', 'destructive', 'reason', 'shown once'] as const).map((name) => (
            <Button key={name} variant="default" onClick={() => setOpen(name)}>
              {name}
            </Button>
          ))}
        </Group>
      </Shown>
      {open === 'dialog' && (
        <Dialog title="A dialog" onClose={close}>
          <Text>Escape closes it.</Text>
        </Dialog>
      )}
      {(open === 'form' || open === 'destructive') && (
        <FormDialog title="Do it?" act="Do it" isDestructive={open === 'destructive'} onAct={later} onClose={close}>
          <Text>It takes a second.</Text>
        </FormDialog>
      )}
      {open === 'reason' && (
        <ReasonDialog title="Kill it?" act="Kill" isDestructive reason="required" onAct={later} onClose={close}>
          <Text>Everyone gets off.</Text>
        </ReasonDialog>
      )}
      {open === 'shown once' && (
        <ShownOnce title="A new key" what="key" text="sdk_made-up" onClose={close}>
          It is shown this once.
        </ShownOnce>
      )}
      <UnsavedBar title="2 changes" onSave={() => {}} onDiscard={() => {}} />
    </Stack>
  );
}

function Shown({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <section aria-label={name}>
      <Title order={2} size="h4" c="dimmed" mb="xs">
        {name}
      </Title>
      <Stack gap="sm">{children}</Stack>
    </section>
  );
}
