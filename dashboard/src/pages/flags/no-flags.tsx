import { Anchor, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { BASE } from '../../api/base.ts';
import { CodeBlock } from '../../elements/code-block.tsx';
import { Empty } from '../../elements/empty.tsx';

/** A project without flags: what to do first, and the lines of code that ask one. */
export function NoFlags({ project, action }: { readonly project: string; readonly action: ReactNode }) {
  return (
    <Stack>
      <Empty title="Begin with a flag" action={action}>
        A flag decides for each person whether your code does the new thing. It begins off everywhere, is turned up like
        a lamp, and is killed in a second. Create one, then ask for it in your code:
      </Empty>
      <CodeBlock label="Ask for a flag in Node">{snippet(window.location.origin + BASE.slice(0, -1))}</CodeBlock>
      <Text size="sm" c="dimmed">
        The key of an environment is made under{' '}
        <Anchor component={Link} href={`/projects/${encodeURIComponent(project)}/keys`} inherit underline="always">
          Keys
        </Anchor>
        . In browsers it is the same with <code>@dimmer/browser</code> and a browser key.
      </Text>
    </Stack>
  );
}

const SDK = '@dimmer/node';

function snippet(url: string): string {
  return `// npm install ${SDK}
import { createClient } from '${SDK}';

const flags = createClient({ url: '${url}', key: process.env.DIMMER_KEY });
await flags.ready();

if (flags.isEnabled('new-checkout', { targetingKey: user.id })) {
  // the new thing
}`;
}
