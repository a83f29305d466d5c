"""The schema, step by step, up and down. Importing this registers every package's tables."""

import camera_ingest.tables
import dispatch.tables
import gis.tables
import ops_center.auth.tables
import ops_center.kernel.cursor
import ops_center.kernel.idempotency
import ops_center.kernel.journal
