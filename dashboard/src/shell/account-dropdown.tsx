import { Menu, Text, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUser } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { useMe } from '../api/me.ts';
import { announceSignOut } from '../api/person-change.ts';
import { request } from '../api/request.ts';
import { shownText } from '../sentences/shown-text.ts';
import { AccountButton } from './account-button.tsx';

const SCHEMES = [
  { scheme: 'light', name: 'Light', icon: IconSun },
  { scheme: 'dark', name: 'Dark', icon: IconMoon },
  { scheme: 'auto', name: 'As the system', icon: IconDeviceDesktop },
] as const;

/** Who one is, how bright the page is, and the way out. Open from the beginning: it is fetched when it is wanted. */
export function AccountDropdown() {
  const me = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [, navigate] = useLocation();
  const queryClient = useQueryClient();
  const signOut = async (): Promise<void> => {
    await request('/auth/sign-out', { method: 'POST' }).catch(() => null);
    announceSignOut();
    queryClient.clear();
    navigate('/sign-in');
  };
  return (
    <Menu
      defaultOpened
      position="bottom-end"
      width={240}
      keepMounted={false}
      withInitialFocusPlaceholder={false}
      withinPortal={false}
    >
      <Menu.Target>
        <AccountButton name={me.name} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" truncate>
            {shownText(me.name)}
          </Text>
          {me.email}
        </Menu.Label>
        <Menu.Item component={Link} href="/account" leftSection={<IconUser size={16} aria-hidden />}>
          Account and security
        </Menu.Item>
        <Menu.Divider />
        {SCHEMES.map(({ scheme, name, icon: Icon }) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={16} aria-hidden />}
            onClick={() => setColorScheme(scheme)}
            {...(colorScheme === scheme && { fw: 650, 'aria-current': true })}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
        <Menu.Label>Dimmer {me.server.version}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}
