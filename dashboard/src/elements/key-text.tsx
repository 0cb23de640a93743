import { Code } from '@mantine/core';

/** A key, as machines know the thing. */
export function KeyText({ children }: { readonly children: string }) {
  return <Code>{children}</Code>;
}
