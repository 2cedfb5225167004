import { expect, test } from 'vitest';
import { settingsForKeys, withoutSize } from '../../src/cli/terminal-guard.ts';

// What `stty -a` of coreutils 9.1 prints of a new terminal, and after `stty -icanon -echo echonl min 1 time 0`.
const found = `speed 38400 baud; rows 24; columns 80; line = 0;
intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;
eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;
werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;
-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff
-iuclc -ixany -imaxbel -iutf8
opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
isig icanon iexten echo echoe echok -echonl -noflsh -xcase -tostop -echoprt
echoctl echoke -flusho -extproc
`;
const after = `speed 38400 baud; rows 24; columns 120; line = 0;
intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>; eol2 = <undef>; swtch = <undef>; start = ^Q;
stop = ^S; susp = ^Z; rprnt = ^R; werase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;
-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff -iuclc -ixany -imaxbel -iutf8
opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
isig -icanon iexten -echo echoe echok echonl -noflsh -xcase -tostop -echoprt echoctl echoke -flusho -extproc
`;

test('what the settings are for our keys is known beforehand, so that what is another mode is noticed', () => {
  expect(settingsForKeys(withoutSize(found))).toBe(withoutSize(after));
  const raw = found.replace(' icrnl', ' -icrnl');
  expect(settingsForKeys(withoutSize(raw))).not.toBe(withoutSize(after));
});

test('a terminal of another size is in the same mode', () => {
  expect(withoutSize(found.replace('rows 24; columns 80', 'rows 60; columns 200'))).toBe(withoutSize(found));
});
