-- A database in memory, of ROWS rows: tests/guest/rootfs/debian.sh puts the number in.
.bail on
PRAGMA cache_size = -20000;
CREATE TABLE item(id INTEGER PRIMARY KEY, k INTEGER, name TEXT, weight REAL);
CREATE TABLE kind(k INTEGER PRIMARY KEY, label TEXT NOT NULL);
INSERT INTO kind WITH RECURSIVE c(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM c WHERE x < 996)
	SELECT x, 'kind ' || x FROM c;
BEGIN;
INSERT INTO item WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < ROWS)
	SELECT x, x * 7919 % 997, printf('%08x', x * 2654435761 % 4294967296), x % 1000 / 8.0 FROM c;
COMMIT;
SELECT count(*), min(name), max(name), sum(k), total(weight) FROM item;
CREATE INDEX item_k ON item(k);
CREATE UNIQUE INDEX item_name ON item(name, id);
SELECT k, count(*), sum(id) FROM item GROUP BY k ORDER BY k LIMIT 5;
SELECT label, count(*) AS n FROM item JOIN kind USING (k) WHERE id % 3 = 0 GROUP BY label ORDER BY n DESC, label LIMIT 5;
SELECT count(*) FROM item a JOIN item b ON b.id = a.id + a.k WHERE a.name < b.name;
SELECT id, name FROM item WHERE name >= 'fff00000' ORDER BY name LIMIT 5;
SELECT id, k, row_number() OVER (PARTITION BY k ORDER BY weight DESC, id) AS place FROM item WHERE k < 3 ORDER BY k, place LIMIT 6;
UPDATE item SET weight = weight * 2, name = name || '!' WHERE k BETWEEN 100 AND 200;
SELECT count(*), total(weight) FROM item WHERE name LIKE '%!';
DELETE FROM item WHERE id % 2 = 0;
SELECT changes(), total_changes();
BEGIN;
UPDATE item SET k = k + 1;
SAVEPOINT here;
DELETE FROM item;
ROLLBACK TO here;
SELECT count(*), sum(k) FROM item;
ROLLBACK;
SELECT count(*), sum(k) FROM item;
VACUUM;
PRAGMA integrity_check;
PRAGMA page_count;
CREATE VIRTUAL TABLE words USING fts5(body);
INSERT INTO words SELECT 'the ' || name || ' of ' || label FROM item JOIN kind USING (k) WHERE id < 5000;
SELECT count(*) FROM words WHERE words MATCH 'kind AND 7';
SELECT json_group_array(k) FROM (SELECT DISTINCT k FROM item ORDER BY k LIMIT 8);
INSERT INTO kind VALUES (1, 'again');
