import { expect, test } from 'vitest';
import { operationOf } from '../../../src/probe/log/operation-names.ts';

test.each([
  'http_requests_in_flight',
  'http_requests_in_progress',
  'inflightRequests',
  'requestsWaiting',
  'requests_per_second',
  'requestId',
  'messageId',
  'jobID',
  'jobQueue',
  'eventLoopIdle',
])('%s is a level, a pace or an id, and counts nothing', (name) => {
  expect(operationOf(name)).toBeNull();
});

test.each([
  ['http_requests_total', 'http request'],
  ['http_request_duration_seconds_count', 'http request'],
  ['connectionsClosed', 'connection closed'],
  ['jobs_processed_total', 'job'],
])('%s counts: %s', (name, operation) => {
  expect(operationOf(name)).toBe(operation);
});
