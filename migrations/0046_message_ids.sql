-- The ids of WhatsApp begin with the person's number, in base64. Of those that were kept only the random end stays; a receipt
-- that still comes is found by its token.
update reply set provider_id = 'wamid-' || substr(provider_id, case when length(provider_id) > 30 then length(provider_id) - 23 else 7 end)
    where provider_id like 'wamid.%';
update attempt set provider_id = 'wamid-' || substr(provider_id, case when length(provider_id) > 30 then length(provider_id) - 23 else 7 end)
    where provider_id like 'wamid.%';
update direct set provider_id = 'wamid-' || substr(provider_id, case when length(provider_id) > 30 then length(provider_id) - 23 else 7 end)
    where provider_id like 'wamid.%';
delete from erasure where provider_id like 'wamid.%';
