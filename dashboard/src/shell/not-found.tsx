import { Anchor } from '@mantine/core';
import { Link } from 'wouter';
import { Page } from '../elements/page.tsx';

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <Page title="There is no such page" lead="The address may be mistyped, or what stood here has been renamed.">
      <Anchor component={Link} href="/">
        To the flags
      </Anchor>
    </Page>
  );
}
