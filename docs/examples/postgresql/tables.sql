-- One row a request, with the columns by which it is found; the document is what is read.
CREATE TABLE IF NOT EXISTS requests (
    id text PRIMARY KEY,
    version integer NOT NULL,
    due_at timestamptz,
    document bytea NOT NULL,
    set_aside text  -- why a row could not be decided: it stays as it is, and the others go on
);
CREATE TABLE IF NOT EXISTS events (
    request_id text NOT NULL,
    version integer NOT NULL,
    document bytea NOT NULL,
    PRIMARY KEY (request_id, version)
);
CREATE TABLE IF NOT EXISTS outbox (
    id text PRIMARY KEY,
    document bytea NOT NULL,
    sent_at timestamptz
);
-- What may stand once among live cases: an account has one mandate.
CREATE TABLE IF NOT EXISTS claims (
    claim text PRIMARY KEY,
    request_id text NOT NULL
);
-- Most requests have nothing left to decide, and most messages are sent: they are in no index.
CREATE INDEX IF NOT EXISTS requests_due ON requests (due_at, id) WHERE due_at IS NOT NULL AND set_aside IS NULL;
CREATE INDEX IF NOT EXISTS outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
