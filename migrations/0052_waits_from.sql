-- From when the cooldown ran when two people were parted: what it ran from stays with one of them, and holds for both.
alter table contact add column waits_from bigint;
