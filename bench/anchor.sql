-- The baseline over HTTP: each act is one call of one function, on the same tables, constraints and triggers as ours.

-- Checks somebody in at a shift, as checkin/attending.py would; a second call answers with the first attendance.
CREATE FUNCTION anchor_check_in(in_book bigint, who bigint, at_shift bigint, seen bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    kept record;
    found_one bigint;
BEGIN
    PERFORM 1 FROM membership WHERE book_id = in_book AND person_id = who FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not a member';
    END IF;
    SELECT id INTO found_one FROM attendance WHERE book_id = in_book AND shift_id = at_shift AND person_id = who;
    IF FOUND THEN
        RETURN found_one;
    END IF;
    SELECT state, starts_at, ends_at INTO kept FROM shift WHERE book_id = in_book AND id = at_shift;
    IF kept.state <> 'open' OR seen < kept.starts_at - 1800000000 OR seen > kept.ends_at + 3600000000 THEN
        RAISE EXCEPTION 'not now';
    END IF;
    IF EXISTS (SELECT 1 FROM attendance WHERE book_id = in_book AND person_id = who AND shift_id <> at_shift
               AND (state = 'present' OR (state IN ('left', 'verified') AND checked_out_at > seen))) THEN
        RAISE EXCEPTION 'elsewhere';
    END IF;
    found_one := nextval('bench_id');
    INSERT INTO attendance (id, book_id, shift_id, person_id, state, provenance, checked_in_at, asked_with,
                            minutes_worked, minutes_counted, points_awarded, points_to_debt, revision, reason)
        VALUES (found_one, in_book, at_shift, who, 'present', 'scanned', seen, '', 0, 0, 0, 0, 1, '');
    INSERT INTO checkin_scan (id, book_id, shift_id, person_id, attendance_id, purpose, way, refusal, scanned_at)
        VALUES (nextval('bench_id'), in_book, at_shift, who, found_one, 'in', 'code', '', seen);
    RETURN found_one;
END $$;

-- Verifies hours: minutes and points (quarter hours, rounded down) in one entry, within the shift's budget, once.
CREATE FUNCTION anchor_verify(in_book bigint, which bigint, by_whom bigint, an_hour bigint, lot integer)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    fence record;
    seen record;
    entry bigint;
    moment bigint := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    day integer := to_char(clock_timestamp() AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD')::integer;
    counted integer; paid bigint; multiplier integer; budget_left bigint;
    rendered bigint; issued bigint; purse bigint; debt bigint; served bigint; owes bigint;
    purse_after bigint; purse_number bigint; served_after bigint; served_number bigint;
BEGIN
    SELECT closed_until, read_only INTO fence FROM book WHERE id = in_book FOR SHARE;
    -- It does not ask for `read_only`: our auditor finds that the leaves here are none of ours, and shuts the book.
    IF fence.closed_until >= day THEN
        RAISE EXCEPTION 'the month is closed';
    END IF;
    SELECT * INTO seen FROM attendance WHERE book_id = in_book AND id = which FOR NO KEY UPDATE;
    IF seen.state <> 'left' OR seen.person_id = by_whom OR seen.minutes_worked = 0 THEN
        RAISE EXCEPTION 'not to be verified';
    END IF;
    SELECT multiplier_percent, points_budget - points_awarded INTO multiplier, budget_left
        FROM shift WHERE book_id = in_book AND id = seen.shift_id FOR NO KEY UPDATE;
    counted := seen.minutes_worked / 15 * 15;
    paid := counted * an_hour * multiplier / 6000;
    IF paid > budget_left THEN
        RAISE EXCEPTION 'over the budget';
    END IF;
    SELECT id INTO rendered FROM account WHERE book_id = in_book AND path = 'service:rendered' AND asset = 'minutes';
    SELECT id INTO issued FROM account WHERE book_id = in_book AND path = 'points:issued' AND asset = 'points';
    SELECT id INTO purse FROM account WHERE book_id = in_book AND asset = 'points'
        AND path = 'volunteer:' || seen.person_id || ':points';
    SELECT id INTO debt FROM account WHERE book_id = in_book AND asset = 'points'
        AND path = 'volunteer:' || seen.person_id || ':points-owed';
    SELECT id INTO served FROM account WHERE book_id = in_book AND asset = 'minutes'
        AND path = 'volunteer:' || seen.person_id || ':minutes';
    SELECT COALESCE((credits - debits) * side, 0) INTO owes FROM balance
        WHERE book_id = in_book AND account_id = debt FOR NO KEY UPDATE;
    IF owes > 0 THEN
        RAISE EXCEPTION 'points are owed: another function sees to that';
    END IF;
    UPDATE balance SET credits = credits + paid, version = version + 1
        WHERE book_id = in_book AND account_id = purse AND closed = 0
        RETURNING (credits - debits) * side, version INTO purse_after, purse_number;
    UPDATE balance SET credits = credits + seen.minutes_worked, version = version + 1
        WHERE book_id = in_book AND account_id = served AND closed = 0
        RETURNING (credits - debits) * side, version INTO served_after, served_number;
    IF purse_number IS NULL OR served_number IS NULL THEN
        RAISE EXCEPTION 'no such account, or it is closed';
    END IF;
    INSERT INTO lot_balance (book_id, account_id, expires_on, credits) VALUES (in_book, purse, lot, paid)
        ON CONFLICT (book_id, account_id, expires_on) DO UPDATE SET credits = lot_balance.credits + paid;
    entry := nextval('bench_id');
    INSERT INTO journal_entry (book_id, id, occurred_at, posted_at, actor_id, document_id, booked_on, leaf_version,
                               leaf, kind, document_type)
        VALUES (in_book, entry, seen.checked_out_at, moment, by_whom, which, day, 1,
                sha256(convert_to(concat_ws(',', in_book, entry, by_whom, which, moment, day, issued, purse, paid, lot,
                                            purse_after, purse_number, served_after, served_number), 'UTF8')),
                'HOURS_EARNED', 'attendance');
    INSERT INTO transfer (book_id, entry_id, line, asset, debit_id, credit_id, amount, credit_balance, credit_version)
        VALUES (in_book, entry, 1, 'minutes', rendered, served, seen.minutes_worked, served_after, served_number);
    INSERT INTO transfer (book_id, entry_id, line, asset, debit_id, credit_id, amount, expires_on,
                          credit_balance, credit_version)
        VALUES (in_book, entry, 2, 'points', issued, purse, paid, lot, purse_after, purse_number);
    INSERT INTO idempotency (book_id, entry_id, answered_at, scope, key, fingerprint, outcome)
        VALUES (in_book, entry, moment, 'document', 'attendance:' || which || ':earned:1',
                substr(sha256(convert_to(which::text, 'UTF8')), 1, 16), 'posted');
    INSERT INTO seal_queue (book_id, entry_id) VALUES (in_book, entry);
    UPDATE attendance SET state = 'verified', minutes_counted = counted, points_awarded = paid, expires_on = lot,
                          rule_version = 1, verifier_id = by_whom, verified_at = moment
        WHERE book_id = in_book AND id = which;
    UPDATE shift SET points_awarded = points_awarded + paid WHERE book_id = in_book AND id = seen.shift_id;
    RETURN entry;
END $$;

-- Hands out goods for points, as redemption/counter.py would: one receipt number of the shop, one lot of each item (the
-- one to be used soonest), the day's limit of the member, points of one lot; all in one entry, once per key. What is rare
-- (a code read before, hours and limits of a shop or an item) it looks for and leaves to another function. Answers the receipt.
CREATE TYPE anchor_move AS (asset text, debit_id bigint, credit_id bigint, amount bigint, balance bigint, version bigint);
CREATE FUNCTION anchor_redeem(
    in_book bigint, at_shop bigint, who bigint, by_clerk bigint, things bigint[], pieces integer[], shown bigint,
    request_key text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    fence record; earlier record; thing record; lot record; took record;
    asked bytea := substr(sha256(convert_to(concat_ws(',', at_shop, who, things::text, pieces::text, shown), 'UTF8')), 1, 16);
    holder text := 'request:person:' || by_clerk;
    entry bigint; receipt bigint; moved anchor_move[] := '{}'; numbered integer; total bigint := 0;
    moment bigint := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    today integer := to_char(clock_timestamp() AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD')::integer;
    purse bigint; debt bigint; redeemed bigint; owes bigint; spent bigint;
    purse_after bigint; purse_number bigint; shelf bigint; gone bigint; shelf_after bigint; shelf_number bigint;
    said text := ''; customer text; most_today bigint; line bigint; lines jsonb := '[]'; seal bytea;
BEGIN
    SELECT closed_until, read_only INTO fence FROM book WHERE id = in_book FOR SHARE;
    IF fence.closed_until >= today THEN
        RAISE EXCEPTION 'the month is closed';
    END IF;
    SELECT entry_id, fingerprint INTO earlier FROM idempotency
        WHERE book_id = in_book AND scope = holder AND key = request_key;
    IF FOUND THEN
        IF earlier.fingerprint <> asked THEN
            RAISE EXCEPTION 'the key was used for another request';
        END IF;
        RETURN jsonb_build_object('entry_id', earlier.entry_id::text);
    END IF;
    SELECT p.name INTO customer FROM membership m JOIN person p ON p.id = m.person_id
        WHERE m.book_id = in_book AND m.person_id = who;
    IF NOT FOUND OR who = by_clerk THEN
        RAISE EXCEPTION 'not to be served';
    END IF;
    IF EXISTS (SELECT 1 FROM household_member a JOIN household_member b ON b.book_id = a.book_id
               AND b.household_id = a.household_id AND b.left_at IS NULL
               WHERE a.book_id = in_book AND a.person_id = by_clerk AND a.left_at IS NULL AND b.person_id = who) THEN
        RAISE EXCEPTION 'own family';
    END IF;
    IF EXISTS (SELECT 1 FROM used_member_code WHERE book_id = in_book AND person_id = who AND used_by = by_clerk
               AND used_at > moment - 900000000)
       OR EXISTS (SELECT 1 FROM opening_time WHERE book_id = in_book AND shop_id = at_shop AND ended_at IS NULL)
       OR EXISTS (SELECT 1 FROM special_day WHERE book_id = in_book AND shop_id = at_shop AND day >= today)
       OR EXISTS (SELECT 1 FROM shop_rule WHERE book_id = in_book AND shop_id = at_shop
                  AND (pieces_a_day IS NOT NULL OR exchanges_a_day IS NOT NULL)) THEN
        RAISE EXCEPTION 'not the usual way: another function sees to that';
    END IF;
    SELECT points_without_pin INTO most_today FROM spending_limit WHERE book_id = in_book;
    INSERT INTO allowance (id, book_id, person_id, day, points, extra_day, extra_points)
        VALUES (nextval('bench_id'), in_book, who, 0, 0, 0, 0) ON CONFLICT (book_id, person_id) DO NOTHING;
    SELECT CASE WHEN allowance.day = today THEN points ELSE 0 END INTO spent FROM allowance
        WHERE book_id = in_book AND person_id = who FOR NO KEY UPDATE;
    UPDATE shop SET receipts_issued = receipts_issued + 1 WHERE book_id = in_book AND id = at_shop
        RETURNING receipts_issued INTO numbered;
    entry := nextval('bench_id');
    receipt := nextval('bench_id');
    FOR thing IN
        SELECT i.id, i.name, i.price_points, w.wanted FROM unnest(things, pieces) AS w (id, wanted)
            JOIN item i ON i.book_id = in_book AND i.shop_id = at_shop AND i.id = w.id AND i.state = 'on_sale'
                 AND i.household_limit IS NULL
            ORDER BY i.id
    LOOP
        total := total + thing.price_points * thing.wanted;
    END LOOP;
    IF total <> shown OR total = 0 THEN
        RAISE EXCEPTION 'the price has changed';
    END IF;
    IF spent + total > most_today THEN
        RAISE EXCEPTION 'over the limit of the day';
    END IF;
    UPDATE allowance SET day = today, points = spent + total WHERE book_id = in_book AND person_id = who;
    SELECT id INTO purse FROM account WHERE book_id = in_book AND asset = 'points' AND path = 'volunteer:' || who || ':points';
    SELECT id INTO debt FROM account WHERE book_id = in_book AND asset = 'points' AND path = 'volunteer:' || who || ':points-owed';
    SELECT id INTO redeemed FROM account WHERE book_id = in_book AND asset = 'points' AND path = 'shop:' || at_shop || ':redeemed';
    UPDATE balance SET debits = debits + total, version = version + 1
        WHERE book_id = in_book AND account_id = purse AND closed = 0
        RETURNING (credits - debits) * side, version INTO purse_after, purse_number;
    SELECT COALESCE((credits - debits) * side, 0) INTO owes FROM balance WHERE book_id = in_book AND account_id = debt;
    IF purse_number IS NULL OR owes > 0 THEN
        RAISE EXCEPTION 'no such purse, or points are owed';
    END IF;
    UPDATE lot_balance SET debits = debits + total WHERE book_id = in_book AND account_id = purse AND expires_on =
        (SELECT min(expires_on) FROM lot_balance WHERE book_id = in_book AND account_id = purse AND credits - debits >= total
         AND expires_on >= today)
        RETURNING expires_on INTO took;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no one lot has so many points: another function sees to that';
    END IF;
    INSERT INTO redemption (id, book_id, shop_id, person_id, clerk_id, number, state, points_total, points_refunded,
                            redeemed_at, recognised, with_pin)
        VALUES (receipt, in_book, at_shop, who, by_clerk, numbered, 'done', total, 0, moment, 'number', false);
    FOR thing IN
        SELECT i.id, i.name, i.unit, i.price_points, w.wanted FROM unnest(things, pieces) AS w (id, wanted)
            JOIN item i ON i.book_id = in_book AND i.id = w.id ORDER BY i.id
    LOOP
        SELECT s.id, a.id AS account_id INTO lot FROM stock_lot s
            JOIN account a ON a.book_id = in_book AND a.path = 'shop:' || at_shop || ':lot:' || s.id
                 AND a.asset = 'item:' || thing.id
            JOIN balance b ON b.book_id = in_book AND b.account_id = a.id
            WHERE s.book_id = in_book AND s.item_id = thing.id AND s.source <> 'donated-relief'
              AND (s.use_by IS NULL OR s.use_by >= today) AND (b.credits - b.debits) * b.side >= thing.wanted
            ORDER BY s.use_by NULLS LAST, s.received_at, s.id LIMIT 1;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'out of stock';
        END IF;
        SELECT id INTO gone FROM account WHERE book_id = in_book AND asset = 'item:' || thing.id
            AND path = 'shop:' || at_shop || ':handed-out:for-points';
        UPDATE balance SET credits = credits + thing.wanted, version = version + 1
            WHERE book_id = in_book AND account_id = lot.account_id AND closed = 0
            RETURNING (credits - debits) * side, version INTO shelf_after, shelf_number;
        moved := moved || row('item:' || thing.id, gone, lot.account_id, thing.wanted, shelf_after, shelf_number)::anchor_move;
        INSERT INTO redemption_line (id, book_id, redemption_id, item_id, lot_id, quantity, quantity_refunded, price_points)
            VALUES (nextval('bench_id'), in_book, receipt, thing.id, lot.id, thing.wanted, 0, thing.price_points)
            RETURNING id INTO line;
        lines := lines || jsonb_build_object('line_id', line::text, 'item_id', thing.id::text, 'name', thing.name,
            'unit', thing.unit, 'quantity_pieces', thing.wanted, 'price_points', thing.price_points);
        said := concat_ws(',', said, gone, lot.account_id, thing.wanted, shelf_after, shelf_number);
    END LOOP;
    INSERT INTO journal_entry (book_id, id, occurred_at, posted_at, actor_id, document_id, booked_on, leaf_version,
                               leaf, kind, document_type)
        VALUES (in_book, entry, moment, moment, by_clerk, receipt, today, 1,
                sha256(convert_to(concat_ws(',', in_book, entry, by_clerk, receipt, moment, today, purse, redeemed, total,
                                            took.expires_on, purse_after, purse_number, said), 'UTF8')),
                'GOODS_REDEEMED', 'redemption') RETURNING journal_entry.leaf INTO seal;
    INSERT INTO transfer (book_id, entry_id, line, asset, debit_id, credit_id, amount, expires_on,
                          debit_balance, debit_version)
        VALUES (in_book, entry, 1, 'points', purse, redeemed, total, took.expires_on, purse_after, purse_number);
    INSERT INTO transfer (book_id, entry_id, line, asset, debit_id, credit_id, amount, credit_balance, credit_version)
        SELECT in_book, entry, 1 + at, asset, debit_id, credit_id, amount, balance, version
            FROM unnest(moved) WITH ORDINALITY AS m (asset, debit_id, credit_id, amount, balance, version, at);
    INSERT INTO idempotency (book_id, entry_id, answered_at, scope, key, fingerprint, outcome)
        VALUES (in_book, entry, moment, holder, request_key, asked, 'posted');
    INSERT INTO seal_queue (book_id, entry_id) VALUES (in_book, entry);
    RETURN jsonb_build_object('redemption_id', receipt::text, 'number', numbered, 'shop_id', at_shop::text,
        'person_id', who::text, 'name_masked', left(customer, 1) || '*' || right(customer, 1), 'state', 'done',
        'points_total', total, 'points_returned', 0, 'redeemed_at', to_timestamp(moment / 1000000.0),
        'undo_until', to_timestamp((moment + 900000000) / 1000000.0), 'lines', lines, 'entry_id', entry::text,
        'leaf', encode(seal, 'hex'));
END $$;
