import { ActionIcon, type ActionIconProps, Avatar } from '@mantine/core';
import { IconUser } from '@tabler/icons-react';
import type { ComponentProps } from 'react';
import { shownText } from '../sentences/shown-text.ts';

/** The way to the account of the person who is signed in. */
export function AccountButton({
  name,
  ...rest
}: { readonly name: string } & ActionIconProps & ComponentProps<'button'>) {
  const shown = shownText(name);
  return (
    <ActionIcon variant="subtle" size="lg" radius="xl" aria-label={`Account of ${shown}`} {...rest}>
      {/* No initials: what is to be read on a button has to be in its name. */}
      <Avatar size={32} radius="xl" color="ink" alt="">
        <IconUser size={18} aria-hidden />
      </Avatar>
    </ActionIcon>
  );
}
