import { Anchor } from '@mantine/core';
import { Link } from 'wouter';
import { Empty } from '../elements/empty.tsx';

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <Empty
      title="There is no such page"
      action={
        <Anchor component={Link} href="/">
          To the flags
        </Anchor>
      }
    >
      The address may be mistyped, or what stood here has been renamed.
    </Empty>
  );
}
