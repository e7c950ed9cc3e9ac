-- What WhatsApp gives no id had a digest of its words and the number in it, which whoever tries all numbers finds again.
update reply set provider_id = 'kept-' || (select count(*) from reply before where before.id < reply.id)
    where provider_id like 'preference-%' or provider_id like 'message-%';
delete from seen where provider_id like 'preference-%' or provider_id like 'message-%' or provider_id like 'wamid%';
