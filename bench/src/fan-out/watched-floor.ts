/** The bare node:http loop, in a process that tells how it is. */
import './watch.ts';
import '../delivery/bare-server.ts';
