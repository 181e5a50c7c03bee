-- The baseline on PostgreSQL: one function call per post, on the same tables, constraints and triggers as ours.
-- What a careful PL/pgSQL author would write: short, plans cached, every lock in the order of ids, each row touched once.

CREATE SEQUENCE bench_id CACHE 100;
SELECT setval('bench_id', (SELECT COALESCE(max(id), 1) FROM journal_entry) + 1000000);

-- A transfer between two floored accounts without lots. Returns the entry; the same key again returns the same entry.
CREATE FUNCTION post_transfer(
    in_book bigint, act text, debit bigint, credit bigint, what text, paid bigint, request_key text,
    holder text DEFAULT 'request:person:7'
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    fence record;
    earlier record;
    asked bytea := substr(sha256(convert_to(concat_ws(',', act, debit, credit, paid), 'UTF8')), 1, 16);
    entry bigint;
    moment bigint := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    day integer := to_char(clock_timestamp() AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD')::integer;
    debit_after bigint; debit_number bigint; credit_after bigint; credit_number bigint;
BEGIN
    SELECT closed_until, read_only INTO fence FROM book WHERE id = in_book FOR SHARE;
    IF fence.read_only = 1 THEN
        RAISE EXCEPTION 'the book is read-only';
    END IF;
    IF fence.closed_until >= day THEN
        RAISE EXCEPTION 'the month is closed';
    END IF;
    -- A rival with the same key at the same moment loses on the primary key, as a whole, and asks again.
    SELECT entry_id, fingerprint INTO earlier FROM idempotency
        WHERE book_id = in_book AND scope = holder AND key = request_key;
    IF FOUND THEN
        IF earlier.fingerprint <> asked THEN
            RAISE EXCEPTION 'the key was used for another request';
        END IF;
        RETURN earlier.entry_id;
    END IF;
    -- Counting first and reading afterwards touches each balance once; the floor is the table's own CHECK.
    IF debit < credit THEN
        UPDATE balance SET debits = debits + paid, version = version + 1
            WHERE book_id = in_book AND account_id = debit AND closed = 0
            RETURNING (credits - debits) * side, version INTO debit_after, debit_number;
        UPDATE balance SET credits = credits + paid, version = version + 1
            WHERE book_id = in_book AND account_id = credit AND closed = 0
            RETURNING (credits - debits) * side, version INTO credit_after, credit_number;
    ELSE
        UPDATE balance SET credits = credits + paid, version = version + 1
            WHERE book_id = in_book AND account_id = credit AND closed = 0
            RETURNING (credits - debits) * side, version INTO credit_after, credit_number;
        UPDATE balance SET debits = debits + paid, version = version + 1
            WHERE book_id = in_book AND account_id = debit AND closed = 0
            RETURNING (credits - debits) * side, version INTO debit_after, debit_number;
    END IF;
    IF debit_number IS NULL OR credit_number IS NULL THEN
        RAISE EXCEPTION 'no such account, or it is closed';
    END IF;
    entry := nextval('bench_id');
    INSERT INTO journal_entry (book_id, id, occurred_at, posted_at, actor_id, document_id, booked_on, leaf_version,
                               leaf, kind, document_type)
        VALUES (in_book, entry, moment, moment, 7, entry, day, 1,
                sha256(convert_to(concat_ws(',', in_book, entry, act, 7, 'settlement', entry, moment, day, what, debit, credit,
                                            paid, debit_after, debit_number, credit_after, credit_number), 'UTF8')),
                act, 'settlement');
    INSERT INTO transfer (book_id, entry_id, line, asset, debit_id, credit_id, amount,
                          debit_balance, debit_version, credit_balance, credit_version)
        VALUES (in_book, entry, 1, what, debit, credit, paid, debit_after, debit_number, credit_after, credit_number);
    INSERT INTO idempotency (book_id, entry_id, answered_at, scope, key, fingerprint, outcome)
        VALUES (in_book, entry, moment, holder, request_key, asked, 'posted');
    INSERT INTO seal_queue (book_id, entry_id) VALUES (in_book, entry);
    RETURN entry;
END $$;

-- An award: points from the house into one lot of a purse, after asking whether the person owes any.
CREATE FUNCTION post_award(
    in_book bigint, issued bigint, purse bigint, debt bigint, paid bigint, lot integer, request_key text,
    holder text DEFAULT 'request:person:7'
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    fence record;
    earlier record;
    asked bytea := substr(sha256(convert_to(concat_ws(',', 'HOURS_EARNED', purse, paid, lot), 'UTF8')), 1, 16);
    entry bigint;
    moment bigint := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    day integer := to_char(clock_timestamp() AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD')::integer;
    owes bigint; purse_after bigint; purse_number bigint;
BEGIN
    SELECT closed_until, read_only INTO fence FROM book WHERE id = in_book FOR SHARE;
    IF fence.read_only = 1 THEN
        RAISE EXCEPTION 'the book is read-only';
    END IF;
    IF fence.closed_until >= day THEN
        RAISE EXCEPTION 'the month is closed';
    END IF;
    -- A rival with the same key at the same moment loses on the primary key, as a whole, and asks again.
    SELECT entry_id, fingerprint INTO earlier FROM idempotency
        WHERE book_id = in_book AND scope = holder AND key = request_key;
    IF FOUND THEN
        IF earlier.fingerprint <> asked THEN
            RAISE EXCEPTION 'the key was used for another request';
        END IF;
        RETURN earlier.entry_id;
    END IF;
    -- The purse guards both: whoever books a debt of this person locks the purse first (its id is the lower one).
    UPDATE balance SET credits = credits + paid, version = version + 1
        WHERE book_id = in_book AND account_id = purse AND closed = 0
        RETURNING (credits - debits) * side, version INTO purse_after, purse_number;
    SELECT (credits - debits) * side INTO owes FROM balance WHERE book_id = in_book AND account_id = debt FOR NO KEY UPDATE;
    IF purse_number IS NULL OR owes > 0 THEN
        RAISE EXCEPTION 'the account is closed, or points are owed: another function sees to that';
    END IF;
    INSERT INTO lot_balance (book_id, account_id, expires_on, credits) VALUES (in_book, purse, lot, paid)
        ON CONFLICT (book_id, account_id, expires_on) DO UPDATE SET credits = lot_balance.credits + paid;
    entry := nextval('bench_id');
    INSERT INTO journal_entry (book_id, id, occurred_at, posted_at, actor_id, document_id, booked_on, leaf_version,
                               leaf, kind, document_type)
        VALUES (in_book, entry, moment, moment, 7, entry, day, 1,
                sha256(convert_to(concat_ws(',', in_book, entry, 'HOURS_EARNED', 7, 'grant', entry, moment, day, 'points',
                                            issued, purse, paid, lot, purse_after, purse_number), 'UTF8')),
                'HOURS_EARNED', 'grant');
    INSERT INTO transfer (book_id, entry_id, line, asset, debit_id, credit_id, amount, expires_on,
                          credit_balance, credit_version)
        VALUES (in_book, entry, 1, 'points', issued, purse, paid, lot, purse_after, purse_number);
    INSERT INTO idempotency (book_id, entry_id, answered_at, scope, key, fingerprint, outcome)
        VALUES (in_book, entry, moment, holder, request_key, asked, 'posted');
    INSERT INTO seal_queue (book_id, entry_id) VALUES (in_book, entry);
    RETURN entry;
END $$;
