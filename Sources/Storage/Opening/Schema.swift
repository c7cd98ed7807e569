import GRDB

/// The tables. Migrations are named and only ever appended: a released one never changes.
enum Schema {
  /// "SCAL": marks the file as ours in SQLite's header.
  static let applicationID: Int32 = 0x5343_414C

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("001-samples", migrate: samples)
    migrator.registerMigration("002-journal", migrate: journal)
    migrator.registerMigration("003-decisions", migrate: decisions)
    migrator.registerMigration("004-plain-views", migrate: views)
    migrator.registerMigration("005-chunk-summaries", migrate: summaries)
    migrator.registerMigration("006-by-time", migrate: timeIndices)
    return migrator
  }

  private static func samples(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE meta (
          key TEXT NOT NULL PRIMARY KEY,
          value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE series (
          id INTEGER PRIMARY KEY,
          service TEXT NOT NULL,
          metric TEXT NOT NULL,
          resolution INTEGER NOT NULL,   -- seconds, 0 unknown
          oldest INTEGER,                -- seconds since 1970
          newest INTEGER,
          newest_value REAL,
          UNIQUE (service, metric)
        ) STRICT;

        -- Acknowledged samples that are not in a chunk yet.
        CREATE TABLE batches (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          bytes BLOB NOT NULL
        ) STRICT;

        -- key = tier << 60 | window << 32 | series.
        CREATE TABLE chunks (
          key INTEGER PRIMARY KEY,
          points INTEGER NOT NULL,
          bytes BLOB NOT NULL
        ) STRICT;

        -- Between which windows a series has chunks in a tier.
        CREATE TABLE spans (
          series INTEGER NOT NULL REFERENCES series (id),
          tier INTEGER NOT NULL,
          first_window INTEGER NOT NULL,
          last_window INTEGER NOT NULL,
          settled INTEGER NOT NULL,      -- retention is done with the windows before this one
          PRIMARY KEY (series, tier)
        ) STRICT, WITHOUT ROWID;
        """)
  }

  private static func journal(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE models (
          service TEXT NOT NULL,
          hash TEXT NOT NULL,
          kind TEXT NOT NULL,
          version INTEGER NOT NULL,
          bytes BLOB NOT NULL,
          fitted_at INTEGER NOT NULL,
          PRIMARY KEY (service, hash)
        ) STRICT;
        CREATE INDEX models_by_hash ON models (hash);
        CREATE INDEX models_by_service ON models (service, fitted_at);

        CREATE TABLE journal (
          sequence INTEGER PRIMARY KEY AUTOINCREMENT,
          time INTEGER NOT NULL,
          service TEXT NOT NULL,
          kind TEXT NOT NULL,
          version INTEGER NOT NULL,
          model TEXT,
          bytes BLOB NOT NULL
        ) STRICT;
        CREATE INDEX journal_models ON journal (model) WHERE model IS NOT NULL;

        CREATE TABLE snapshots (
          service TEXT NOT NULL,
          sequence INTEGER NOT NULL,
          version INTEGER NOT NULL,
          model TEXT,
          bytes BLOB NOT NULL,
          PRIMARY KEY (service, sequence)
        ) STRICT;
        CREATE INDEX snapshot_models ON snapshots (model) WHERE model IS NOT NULL;
        """)
  }

  private static func decisions(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE decisions (
          service TEXT NOT NULL,
          number INTEGER NOT NULL,
          time INTEGER NOT NULL,
          current INTEGER,
          target INTEGER NOT NULL,
          line TEXT NOT NULL,
          trail TEXT NOT NULL,           -- JSON
          PRIMARY KEY (service, number)
        ) STRICT;
        CREATE INDEX decisions_by_time ON decisions (service, time, number);

        CREATE TABLE commands (
          service TEXT NOT NULL,
          decision INTEGER NOT NULL,
          kind TEXT NOT NULL,
          replicas INTEGER NOT NULL,
          fencing_token INTEGER NOT NULL,
          valid_until INTEGER NOT NULL,
          outcome TEXT,                  -- null: not known what became of it
          outcome_replicas INTEGER,
          outcome_text TEXT,
          resolved_at INTEGER,
          PRIMARY KEY (service, decision),
          FOREIGN KEY (service, decision) REFERENCES decisions (service, number)
        ) STRICT;
        CREATE INDEX unresolved_commands ON commands (service, decision) WHERE outcome IS NULL;
        """)
  }

  private static func views(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE VIEW series_plain AS
          SELECT id, service, metric, resolution AS resolution_seconds,
            datetime(oldest, 'unixepoch') AS oldest, datetime(newest, 'unixepoch') AS newest,
            newest_value
          FROM series;

        CREATE VIEW decisions_plain AS
          SELECT d.service, d.number, datetime(d.time, 'unixepoch') AS time, d.current, d.target,
            d.line, c.kind AS command, c.replicas, c.outcome, c.outcome_text,
            datetime(c.resolved_at, 'unixepoch') AS resolved
          FROM decisions d
          LEFT JOIN commands c ON c.service = d.service AND c.decision = d.number;

        CREATE VIEW journal_plain AS
          SELECT sequence, datetime(time, 'unixepoch') AS time, service, kind, version, model,
            length(bytes) AS bytes
          FROM journal;

        CREATE VIEW chunks_plain AS
          SELECT s.service, s.metric,
            CASE c.key >> 60 WHEN 0 THEN 'raw' WHEN 1 THEN '1m' WHEN 2 THEN '5m' ELSE '15m' END
              AS tier,
            datetime((c.key >> 32 & 0xFFFFFFF)
              * CASE c.key >> 60 WHEN 0 THEN 3600 WHEN 1 THEN 86400 WHEN 2 THEN 432000
                ELSE 1296000 END, 'unixepoch') AS window,
            c.points, length(c.bytes) AS bytes
          FROM chunks c JOIN series s ON s.id = c.key & 0xFFFFFFFF;
        """)
  }

  private static func summaries(_ db: Database) throws {
    try db.execute(
      sql: """
        ALTER TABLE chunks ADD COLUMN first_time INTEGER;
        ALTER TABLE chunks ADD COLUMN last_time INTEGER;
        ALTER TABLE chunks ADD COLUMN smallest REAL;
        ALTER TABLE chunks ADD COLUMN mean REAL;
        ALTER TABLE chunks ADD COLUMN largest REAL;

        CREATE VIEW samples_plain AS
          SELECT s.service, s.metric,
            CASE c.key >> 60 WHEN 0 THEN 'raw' WHEN 1 THEN '1m' WHEN 2 THEN '5m' ELSE '15m' END
              AS tier,
            datetime(c.first_time, 'unixepoch') AS first, datetime(c.last_time, 'unixepoch') AS last,
            c.points, c.smallest, c.mean, c.largest
          FROM chunks c JOIN series s ON s.id = c.key & 0xFFFFFFFF;
        """)
  }

  /// What retention looks for.
  private static func timeIndices(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE INDEX journal_by_time ON journal (time);
        CREATE INDEX decisions_oldest ON decisions (time);
        """)
  }
}
