import { Center, Loader } from '@mantine/core';

/** While something is read for the first time. Said to screen readers as well. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <Center mih={160} role="status" aria-label={`Reading ${what} …`}>
      <Loader type="dots" />
    </Center>
  );
}
