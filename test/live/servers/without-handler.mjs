// Adding and removing a SIGUSR1 listener takes Node's own handler away: from then on the signal ends the process.
import { createServer } from 'node:http';

const onSignal = () => undefined;
process.on('SIGUSR1', onSignal);
process.off('SIGUSR1', onSignal);
const server = createServer((_request, response) => response.end('{}'));
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
