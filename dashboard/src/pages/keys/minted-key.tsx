import { Code, Text } from '@mantine/core';
import type { Minted } from '../../api/keys.ts';
import { ShownOnce } from '../../elements/shown-once.tsx';

const TITLES = { server: 'The server key', browser: 'The browser key', admin: 'The admin token' } as const;

/** A token that was just made, and where it belongs. */
export function MintedKey({ minted, onClose }: { readonly minted: Minted; readonly onClose: () => void }) {
  const kind = minted.document?.kind;
  return (
    <ShownOnce
      title={kind ? TITLES[kind] : 'The key'}
      what="the token"
      text={minted.token}
      isSecret={kind !== 'browser'}
      onClose={onClose}
    >
      {kind === 'server' && (
        <Text size="sm">
          For services: <Code>{'createClient({ url, key })'}</Code> of <Code>@dimmer/node</Code>. Give it to them as a
          secret, such as the environment variable <Code>DIMMER_KEY</Code>.
        </Text>
      )}
      {kind === 'browser' && (
        <Text size="sm">
          For pages: <Code>{'createClient({ url, key })'}</Code> of <Code>@dimmer/browser</Code>. It is public, stands
          in your pages, and sees only flags that are marked for browsers.
        </Text>
      )}
      {kind === 'admin' && (
        <Text size="sm">
          For pipelines and the command line: <Code>DIMMER_TOKEN</Code>, or the header{' '}
          <Code>Authorization: Bearer …</Code>. Keep it in the secrets of your CI.
        </Text>
      )}
    </ShownOnce>
  );
}
