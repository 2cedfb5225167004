// Exchange rates on dashboards. Everything is a method that is bound to its instance, and instances keep their own private.
import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';

class RateFeed extends EventEmitter {
  #rates = new Map([
    ['USD', 1.08],
    ['GBP', 0.85],
    ['JPY', 163],
  ]);

  constructor() {
    super();
    this.setMaxListeners(0);
    setInterval(this.#move.bind(this), 500);
  }

  get rates() {
    return Object.fromEntries(this.#rates);
  }

  #move() {
    for (const [currency, rate] of this.#rates) {
      this.#rates.set(currency, rate * (0.999 + Math.random() * 0.002));
    }
    this.emit('rates', this.rates);
  }
}

class Dashboard {
  #rows;
  #latest;

  constructor(holdings, feed) {
    this.#rows = holdings.map(({ currency, amount }, index) => ({ index, currency, amount, value: 0 }));
    this.update(feed.rates);
    feed.on('rates', this.update.bind(this));
    // ^^ leak: added at
  }

  update(rates) {
    this.#latest = rates;
    for (const row of this.#rows) row.value = row.amount / rates[row.currency];
  }

  render() {
    const total = this.#rows.reduce((sum, { value }) => sum + value, 0);
    return { total, rates: this.#latest };
  }
}

class App {
  #feed = new RateFeed();
  // ^^ leak: held by
  #served = 0;

  handle(request, response) {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname === '/status') {
      response.end(JSON.stringify({ served: this.#served, rates: this.#feed.rates }));
      return;
    }
    const count = Number(url.searchParams.get('holdings') ?? 1);
    const currencies = Object.keys(this.#feed.rates);
    const holdings = Array.from({ length: count }, (_, index) => ({
      currency: currencies[index % currencies.length],
      amount: 100 + index,
    }));
    this.#served += 1;
    response.end(JSON.stringify(new Dashboard(holdings, this.#feed).render()));
  }
}

const app = new App();
const server = createServer(app.handle.bind(app));
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening ${server.address().port}`),
);
